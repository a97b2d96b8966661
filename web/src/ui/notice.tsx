// SPDX-License-Identifier: Apache-2.0
// Short notices at the foot of the page: announced politely, never taking the focus.
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { Icon, type IconName } from './icon';

const SHOWN_MILLISECONDS = 6000;

interface Notice {
  id: number;
  text: string;
  icon: IconName;
}

type Tell = (text: string, icon?: IconName) => void;

const NoticeContext = createContext<Tell>(() => {});

export function useNotice(): Tell {
  return useContext(NoticeContext);
}

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const counter = useRef(0);
  const tell = useCallback<Tell>((text, icon = 'check') => {
    counter.current += 1;
    const id = counter.current;
    setNotices((before) => [...before.slice(-2), { id, text, icon }]);
    setTimeout(
      () => setNotices((before) => before.filter((notice) => notice.id !== id)),
      SHOWN_MILLISECONDS,
    );
  }, []);
  return (
    <NoticeContext value={tell}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {notices.map((notice) => (
          <div className={`notice notice-${notice.icon}`} key={notice.id}>
            <Icon name={notice.icon} />
            <span>{notice.text}</span>
          </div>
        ))}
      </div>
    </NoticeContext>
  );
}
