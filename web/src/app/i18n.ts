// SPDX-License-Identifier: Apache-2.0
// Language: one lazily loaded chunk for each, the browser's own formats for dates and numbers.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { setLanguage } from '../api/client';
import type { Language } from '../api/types';
import { settings } from './settings';

export const LANGUAGES: { key: Language; name: string }[] = [
  { key: 'en', name: 'English' },
  { key: 'zh-CN', name: '简体中文' },
];

const loaders: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('../../locales/en'),
  'zh-CN': () => import('../../locales/zh-CN'),
};

export function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export function currentLanguage(): Language {
  return i18next.language === 'zh-CN' ? 'zh-CN' : 'en';
}

export async function applyLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'common')) {
    const bundle = (await loaders[language]()).default;
    for (const [namespace, texts] of Object.entries(bundle)) {
      i18next.addResourceBundle(language, namespace, texts);
    }
  }
  setLanguage(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    fallbackLng: false,
    defaultNS: 'common',
    fallbackNS: 'common',
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await applyLanguage(settings().language ?? browserLanguage());
}
