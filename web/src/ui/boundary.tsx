// SPDX-License-Identifier: Apache-2.0
// What a page's own failure shows: most often a part of an older build that the server no longer
// has, which reloading cures.
import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from './states';

function Broken() {
  const { t } = useTranslation();
  return (
    <div className="page" role="alert">
      <Empty title={t('broken.why')}>
        <Button type="primary" onClick={() => location.reload()}>
          {t('broken.reload')}
        </Button>
      </Empty>
    </div>
  );
}

export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}
