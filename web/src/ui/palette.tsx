// SPDX-License-Identifier: Apache-2.0
// The command palette: every page and command by name, and records by their label.
import { useQueries, useQuery } from '@tanstack/react-query';

import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { api } from '../api/client';
import { metaQuery, workItemQuery } from '../api/queries';
import { LANGUAGES } from '../app/i18n';
import { switchLanguage } from '../app/language';
import { changeSettings, useDark } from '../app/settings';
import { recordPath, recordsPath } from '../features/records/paths';
import { DEEDS } from '../features/work/deeds';
import { useNext } from '../features/work/next';
import { Dialog } from './dialog';
import { Icon, type IconName } from './icon';

interface Command {
  key: string;
  icon: IconName;
  name: string;
  kind: string;
  run: () => void;
}

const SEARCHED = ['sales_order', 'account', 'opportunity', 'product', 'contact'];

// What can be done with the step whose page is open.
function useStepCommands(go: (path: string) => void): Command[] {
  const { t } = useTranslation('work');
  const id = /^\/work\/(?!team$)([^/]+)$/.exec(useLocation().pathname)?.[1];
  const { data: item } = useQuery({ ...workItemQuery(id ?? ''), enabled: id !== undefined });
  if (!id || !item) return [];
  return DEEDS.filter((one) => one.may(item.may)).map(({ deed }) => ({
    key: `deed-${deed}`,
    icon: 'arrow' as const,
    name: `${t(`deed.${deed}`)}: ${item.name}`,
    kind: t('title'),
    run: () => go(`/work/${id}?do=${deed}`),
  }));
}

function useCommands(go: (path: string) => void): Command[] {
  const stepCommands = useStepCommands(go);
  const next = useNext();
  const { t } = useTranslation();
  const { data: meta } = useQuery(metaQuery);
  const dark = useDark();
  const page = t('palette.page');
  const command = t('palette.command');
  return [
    { key: 'work', icon: 'work', name: t('nav.work'), kind: page, run: () => go('/work') },
    {
      key: 'team',
      icon: 'work',
      name: t('nav.team'),
      kind: page,
      run: () => go('/work?view=team'),
    },
    {
      key: 'later',
      icon: 'clock',
      name: t('nav.later'),
      kind: page,
      run: () => go('/work?view=later'),
    },
    { key: 'lead', icon: 'people', name: t('nav.lead'), kind: page, run: () => go('/work/team') },
    { key: 'next', icon: 'now', name: t('nav.next'), kind: command, run: next },
    ...stepCommands,
    ...(meta?.entities ?? [])
      .filter((entity) => entity.may.create)
      .map((entity) => ({
        key: `new-${entity.name}`,
        icon: 'plus' as const,
        name: t('palette.new', { title: entity.title }),
        kind: command,
        run: () => go(`${recordsPath(entity.name)}/new`),
      })),
    ...(meta?.entities ?? []).map((entity) => ({
      key: `list-${entity.name}`,
      icon: 'records' as const,
      name: entity.plural,
      kind: page,
      run: () => go(recordsPath(entity.name)),
    })),
    {
      key: 'processes',
      icon: 'process',
      name: t('nav.processes'),
      kind: page,
      run: () => go('/processes'),
    },
    {
      key: 'theme',
      icon: dark ? 'sun' : 'moon',
      name: t(dark ? 'theme.toLight' : 'theme.toDark'),
      kind: command,
      run: () => changeSettings({ theme: dark ? 'light' : 'dark' }),
    },
    ...LANGUAGES.map(({ key, name }) => ({
      key: `language-${key}`,
      icon: 'globe' as const,
      name,
      kind: t('language'),
      run: () => void switchLanguage(key),
    })),
  ];
}

function useFound(words: string, go: (path: string) => void): Command[] {
  const { data: meta } = useQuery(metaQuery);
  const entities = (meta?.entities ?? []).filter(({ name }) => SEARCHED.includes(name));
  const answers = useQueries({
    queries: entities.map((entity) => ({
      queryKey: ['records', entity.name, 'palette', words],
      enabled: words.length >= 2,
      queryFn: () =>
        api.get('/records/{entity}', {
          path: { entity: entity.name },
          query: {
            filter: JSON.stringify([{ field: entity.label, operator: 'contains', value: words }]),
            columns: entity.label,
            limit: 5,
          },
        }),
    })),
  });
  if (words.length < 2) return [];
  return answers.flatMap((answer, index) => {
    const entity = entities[index];
    if (!entity) return [];
    return (answer.data?.items ?? []).map((row) => ({
      key: `${entity.name}-${row.id}`,
      icon: 'records' as const,
      name: row.label,
      kind: entity.title,
      run: () => go(recordPath(entity.name, row.id)),
    }));
  });
}

export default function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const words = text.trim(); // not deferred: Enter runs what fits the text as it stands
  const go = (path: string) => void navigate(path);
  const lower = words.toLowerCase();
  const commands = useCommands(go).filter(({ name }) => name.toLowerCase().includes(lower));
  const found = useFound(words, go);
  const shown = [...commands, ...found].slice(0, 14);
  const active = Math.min(at, shown.length - 1);

  function run(command: Command | undefined): void {
    if (!command) return;
    close();
    command.run();
  }

  return (
    <Dialog
      onCancel={close}
      footer={null}
      closable={false}
      width={560}
      className="palette"
      title={<span className="hidden">{t('palette.title')}</span>}
    >
      <input
        autoFocus
        className="palette-input"
        role="combobox"
        aria-label={t('palette.title')}
        aria-expanded={shown.length > 0}
        aria-controls={list}
        aria-activedescendant={shown[active] ? `${list}-${active}` : undefined}
        placeholder={t('palette.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') setAt(Math.min(active + 1, shown.length - 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(active - 1, 0));
          else if (event.key === 'Enter') run(shown[active]);
          else return;
          event.preventDefault();
        }}
      />
      <div id={list} role="listbox" aria-label={t('palette.title')} className="palette-list">
        {shown.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox.
          <div
            key={command.key}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onClick={() => run(command)}
            onMouseMove={() => setAt(index)}
          >
            <Icon name={command.icon} />
            <span className="palette-name">{command.name}</span>
            <span className="quiet">{command.kind}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className="quiet palette-none">{t('palette.none')}</p>}
    </Dialog>
  );
}
