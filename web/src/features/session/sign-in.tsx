// SPDX-License-Identifier: Apache-2.0
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom, rememberSession } from '../../api/client';
import { queryClient, sessionQuery } from '../../api/queries';
import type { Problem } from '../../api/types';
import { LanguageSwitch } from '../../app/controls';
import { ProblemNotice } from '../../ui/problem';

export default function SignIn() {
  const { t } = useTranslation('session');
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function signIn(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const session = await api.post('/session', {
        body: { login: login.trim(), password },
      });
      rememberSession(session);
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      queryClient.setQueryData(sessionQuery.queryKey, session);
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  }

  return (
    <main className="entrance">
      <title>{`${t('signIn')} · Millrace`}</title>
      <form className="sign-in" onSubmit={signIn} aria-labelledby="sign-in-title">
        <div className="brand brand-large">
          <span className="brand-mark" aria-hidden="true" />
          Millrace
        </div>
        <h1 id="sign-in-title">{t('signIn')}</h1>
        {problem && <ProblemNotice problem={problem} />}
        <label htmlFor="login">{t('login')}</label>
        <Input
          id="login"
          name="login"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
          required
          size="large"
          value={login}
          onChange={(event) => setLogin(event.target.value)}
        />
        <label htmlFor="password">{t('password')}</label>
        <Input.Password
          id="password"
          name="password"
          autoComplete="current-password"
          required
          size="large"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button
          type="primary"
          htmlType="submit"
          size="large"
          block
          loading={busy}
          disabled={!login.trim() || !password}
        >
          {t('signIn')}
        </Button>
        <LanguageSwitch />
      </form>
    </main>
  );
}
