// SPDX-License-Identifier: Apache-2.0
// The picture of a process: lanes in their departments' colours, an instance's tokens on it. Loaded
// only where it is shown. The bottom-right corner belongs to bpmn.io's mark and stays free.

import { Button } from 'antd';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Canvas,
  type DrawnElement,
  type Painting,
  paint,
  type Registry,
} from './diagram-paint';
import { localise } from './localise';
import 'bpmn-js/dist/assets/diagram-js.css';
import './diagram.css';

interface Props extends Painting {
  xml: string;
  label: string;
  onSelect?: (key: string) => void;
}

interface Events {
  on(name: string, handler: (event: { element: DrawnElement }) => void): void;
}

const ZOOM_STEP = 1.25;
const TOKEN_ZOOM = 1;
const HEIGHT = { least: 260, most: 560 };
const FREE_BELOW = 96; // keeps the corner of bpmn.io's mark free of the drawing

// As high as the drawing needs at the page's width, so that a flat process wastes no room.
function fitDrawing(canvas: Canvas, container: HTMLElement): void {
  const { inner } = canvas.viewbox();
  const needed = (inner.height / Math.max(inner.width, 1)) * container.clientWidth + FREE_BELOW;
  container.style.height = `${Math.round(Math.min(HEIGHT.most, Math.max(HEIGHT.least, needed)))}px`;
  canvas.resized();
  canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(canvas.zoom() * 0.97, 'auto');
}

function newViewer(container: HTMLElement): NavigatedViewer {
  return new NavigatedViewer({
    container,
    bpmnRenderer: {
      defaultFillColor: 'var(--surface)',
      defaultStrokeColor: 'var(--diagram-line)',
      defaultLabelColor: 'var(--text)',
    },
  });
}

export default function Diagram(props: Props) {
  const { t, i18n } = useTranslation('process');
  const container = useRef<HTMLDivElement>(null);
  const viewer = useRef<NavigatedViewer | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [drawn, setDrawn] = useState<{ viewer: NavigatedViewer; lanes: Record<string, string> }>();
  const { stepDepartments, departments, tokens, done, heat, flows, marks } = props;
  const painted = JSON.stringify([stepDepartments, departments, tokens, done, heat, flows, marks]);

  useEffect(() => {
    if (!container.current) return;
    let live = true;
    const localised = localise(props.xml, i18n.language);
    const made = newViewer(container.current);
    viewer.current = made;
    made
      .get<Events>('eventBus')
      .on('element.click', ({ element }) => latest.current.onSelect?.(element.id));
    made
      .importXML(localised.xml)
      .then(() => {
        if (!live) return;
        setFailed(null);
        if (container.current) fitDrawing(made.get<Canvas>('canvas'), container.current);
        setDrawn({ viewer: made, lanes: localised.lanes });
      })
      .catch((error: Error) => live && setFailed(error.message));
    return () => {
      live = false;
      setDrawn(undefined);
      made.destroy();
    };
  }, [props.xml, i18n.language]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: painted stands for what is painted.
  useEffect(() => {
    if (drawn) paint(drawn.viewer, latest.current, drawn.lanes);
  }, [drawn, painted]);

  function zoom(by: number | 'fit'): void {
    const canvas = viewer.current?.get<Canvas>('canvas');
    if (!canvas || !container.current) return;
    if (by === 'fit') fitDrawing(canvas, container.current);
    else canvas.zoom(canvas.zoom() * by, 'auto');
  }

  function showToken(): void {
    const canvas = viewer.current?.get<Canvas>('canvas');
    const key = latest.current.tokens?.[0]?.key;
    const element = key ? viewer.current?.get<Registry>('elementRegistry').get(key) : undefined;
    if (!canvas || !element) return;
    canvas.zoom(TOKEN_ZOOM, 'auto');
    canvas.scrollToElement(element);
  }

  return (
    <section className="card diagram-card" aria-label={props.label}>
      <fieldset className="diagram-tools">
        <legend className="hidden">{t('diagram.zoom')}</legend>
        <Button size="small" aria-label={t('diagram.zoomIn')} onClick={() => zoom(ZOOM_STEP)}>
          +
        </Button>
        <Button size="small" aria-label={t('diagram.zoomOut')} onClick={() => zoom(1 / ZOOM_STEP)}>
          −
        </Button>
        <Button size="small" onClick={() => zoom('fit')}>
          {t('diagram.fit')}
        </Button>
        {(props.tokens?.length ?? 0) > 0 && (
          <Button size="small" onClick={showToken}>
            {t('diagram.showToken')}
          </Button>
        )}
      </fieldset>
      {failed && <p className="form-error">{t('diagram.failed', { why: failed })}</p>}
      <div className="diagram" ref={container} data-testid="diagram" />
    </section>
  );
}
