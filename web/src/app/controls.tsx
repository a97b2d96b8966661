// SPDX-License-Identifier: Apache-2.0
// Language and theme: small controls of the header and the sign-in page.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Icon } from '../ui/icon';
import { LANGUAGES } from './i18n';
import { switchLanguage } from './language';
import { changeSettings, useDark } from './settings';

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className="language-switch">
      <legend className="hidden">{t('language')}</legend>
      {LANGUAGES.map(({ key, name }) => (
        <button
          key={key}
          type="button"
          lang={key}
          aria-pressed={i18n.language === key}
          onClick={() => void switchLanguage(key)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const dark = useDark();
  return (
    <Button
      type="text"
      aria-label={t(dark ? 'theme.toLight' : 'theme.toDark')}
      title={t(dark ? 'theme.toLight' : 'theme.toDark')}
      icon={<Icon name={dark ? 'sun' : 'moon'} />}
      onClick={() => changeSettings({ theme: dark ? 'light' : 'dark' })}
    />
  );
}
