// SPDX-License-Identifier: Apache-2.0
// Everything that surrounds the pages: data, theme, language, session. Signed out, any address
// shows the sign-in page and keeps its address, so that signing in leads to what was asked for.
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/es/locale/en_US';
import zhCN from 'antd/es/locale/zh_CN';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter } from 'react-router';
import { onSignedOut, problemFrom, rememberSession } from '../api/client';
import { watchEvents } from '../api/events';
import { queryClient, sessionQuery } from '../api/queries';
import type { Session } from '../api/types';
import { NoticeProvider } from '../ui/notice';
import { ProblemNotice } from '../ui/problem';
import { Loading } from '../ui/states';
import { applyLanguage, currentLanguage } from './i18n';
import { SessionContext } from './session';
import { settings, useDark, useReducedMotion } from './settings';
import { Shell } from './shell';
import { themeOf } from './theme';

const SignIn = lazy(() => import('../features/session/sign-in'));

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
const csp = nonce ? { nonce } : {};

onSignedOut(() => {
  rememberSession(null);
  queryClient.setQueryData(sessionQuery.queryKey, null);
});

function SignedIn({ session }: { session: Session }) {
  const [ready, setReady] = useState(false);
  useEffect(() => watchEvents(), []);
  // Nothing is asked of the server before the language is settled in which it is to answer.
  useEffect(() => {
    const wanted = settings().language ?? session.user.language;
    if (wanted === currentLanguage()) setReady(true);
    else void applyLanguage(wanted).then(() => setReady(true));
  }, [session.user.language]);
  if (!ready) return <Loading />;
  return (
    <SessionContext value={session}>
      <Shell />
    </SessionContext>
  );
}

function Entrance() {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Loading />;
  if (session.isError) {
    return (
      <main className="entrance">
        <ProblemNotice problem={problemFrom(session.error)} retry={() => session.refetch()} />
      </main>
    );
  }
  if (!session.data) {
    return (
      <Suspense fallback={<Loading />}>
        <SignIn />
      </Suspense>
    );
  }
  return <SignedIn session={session.data} key={session.data.user.id} />;
}

export function Application() {
  const { i18n } = useTranslation();
  const dark = useDark();
  const still = useReducedMotion();
  const theme = useMemo(() => themeOf(dark, !still), [dark, still]);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }, [dark]);
  return (
    <QueryClientProvider client={queryClient}>
      <ConfigProvider
        csp={csp}
        theme={theme}
        locale={i18n.language === 'zh-CN' ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
      >
        <NoticeProvider>
          <BrowserRouter>
            <Entrance />
          </BrowserRouter>
        </NoticeProvider>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
