// SPDX-License-Identifier: Apache-2.0
// Another language: the texts of the program, and everything the server said in the old one.
import { queryClient } from '../api/queries';
import type { Language } from '../api/types';
import { applyLanguage } from './i18n';
import { changeSettings } from './settings';

export async function switchLanguage(language: Language): Promise<void> {
  changeSettings({ language });
  await applyLanguage(language);
  const spoken = {
    predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== 'session',
  };
  // An answer still under way was asked for in the old language, and asking again would join it.
  await queryClient.cancelQueries(spoken);
  await queryClient.invalidateQueries(spoken);
}
