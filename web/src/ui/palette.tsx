// SPDX-License-Identifier: Apache-2.0
// The search box: every page and command by name, and records by whatever they can be found by, in
// groups, with what was found marked.
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import {
  entityOf,
  favouritesQuery,
  metaQuery,
  recentQuery,
  searchQuery,
  workItemQuery,
} from '../api/queries';
import type { Mark, SearchGroup } from '../api/types';
import { LANGUAGES } from '../app/i18n';
import { switchLanguage } from '../app/language';
import { changeSettings, useDark } from '../app/settings';
import { RECENT_SHOWN } from '../features/records/marks';
import { recordPath, recordsPath } from '../features/records/paths';
import { writeListState } from '../features/records/url-state';
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
  shown?: ReactNode; // the name, with what was found marked
  detail?: ReactNode;
}

interface Group {
  title: string;
  options: Command[];
}

const COMMANDS = 14;
const COMMANDS_BESIDE_RECORDS = 5;

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

type Hit = SearchGroup['items'][number]['hits'][number];

function Parts({ parts }: { parts: Hit['parts'] }) {
  return parts.map(({ text, hit }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name.
    hit ? <mark key={index}>{text}</mark> : <Fragment key={index}>{text}</Fragment>,
  );
}

function useFound(words: string, go: (path: string) => void): { groups: Group[]; late: boolean } {
  const { t } = useTranslation();
  const { data: meta } = useQuery(metaQuery);
  const { data } = useQuery({ ...searchQuery(words), enabled: words.length > 0 });
  if (words.length === 0 || !data) return { groups: [], late: false };
  const groups = data.groups.map(({ entity, title, items, more }) => {
    const label = meta?.entities.find(({ name }) => name === entity)?.label;
    const options = items.map((item) => {
      const named = item.hits.find(({ field }) => field === label);
      const other = item.hits.find(({ field }) => field !== label);
      return {
        key: `${entity}-${item.id}`,
        icon: 'records' as const,
        name: item.label,
        kind: title,
        shown: named && <Parts parts={named.parts} />,
        detail: other && (
          <>
            {other.title}: <Parts parts={other.parts} />
          </>
        ),
        run: () => go(recordPath(entity, item.id)),
      };
    });
    const all = writeListState(new URLSearchParams(), { filters: [], search: words });
    const rest = {
      key: `${entity}-all`,
      icon: 'search' as const,
      name: t('palette.showAll', { title }),
      kind: title,
      run: () => go(`${recordsPath(entity)}?${all}`),
    };
    return { title, options: more ? [...options, rest] : options };
  });
  return {
    groups: groups.filter(({ options }) => options.length > 0),
    late: data.groups.some(({ complete }) => !complete),
  };
}

// Before anything is typed: what this person comes back to.
function useMarks(go: (path: string) => void): Group[] {
  const { t } = useTranslation('records');
  const { data: meta } = useQuery(metaQuery);
  const favourites = useQuery(favouritesQuery).data?.items ?? [];
  const recent = useQuery(recentQuery).data?.items ?? [];
  const groupOf = (key: 'favourites' | 'recent', marks: Mark[], icon: IconName) => ({
    title: t(`marks.${key}`),
    options: marks.slice(0, RECENT_SHOWN).map(({ entity, id, label }) => ({
      key: `${key}-${entity}-${id}`,
      icon,
      name: label,
      kind: entityOf(meta, entity)?.title ?? entity,
      run: () => go(recordPath(entity, id)),
    })),
  });
  return [groupOf('favourites', favourites, 'star'), groupOf('recent', recent, 'clock')];
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
  const { groups: found, late } = useFound(words, go);
  const marks = useMarks(go);
  const groups = [
    ...(words ? [] : marks),
    {
      title: t('palette.commands'),
      options: commands.slice(0, found.length > 0 ? COMMANDS_BESIDE_RECORDS : COMMANDS),
    },
    ...found,
  ].filter(({ options }) => options.length > 0);
  const shown = groups.flatMap(({ options }) => options);
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
        {groups.map(({ title, options }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields.
          <div key={title} role="group" aria-label={title}>
            <div className="palette-group" aria-hidden="true">
              {title}
            </div>
            {options.map((command) => {
              const index = shown.indexOf(command);
              return (
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
                  <span className="palette-name">{command.shown ?? command.name}</span>
                  <span className="quiet palette-detail">{command.detail ?? command.kind}</span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className="quiet palette-none">{t('palette.none')}</p>}
      {late && <p className="quiet palette-none">{t('palette.late')}</p>}
    </Dialog>
  );
}
