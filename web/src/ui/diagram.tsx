// SPDX-License-Identifier: Apache-2.0
// The picture of a process: lanes in their departments' colours, an instance's tokens on it. Loaded
// only where it is shown. The bottom-right corner belongs to bpmn.io's mark and stays free.

import { Button } from 'antd';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Department } from '../api/types';
import { localise } from './localise';
import 'bpmn-js/dist/assets/diagram-js.css';
import './diagram.css';

export interface DiagramToken {
  key: string;
  text: string;
  waits?: boolean; // for time or a message, not for somebody's work
}

interface Props {
  xml: string;
  label: string;
  stepDepartments: Record<string, Department>;
  departments: Department[];
  tokens?: DiagramToken[];
  done?: string[];
  onSelect?: (key: string) => void;
}

interface Element {
  id: string;
  type: string;
  collapsed?: boolean;
  businessObject: { name?: string; flowNodeRef?: { id: string }[] };
}
interface Canvas {
  zoom(level?: number | 'fit-viewport', center?: 'auto' | object): number;
  viewbox(): { inner: { width: number; height: number } };
  resized(): void;
  scrollToElement(element: Element): void;
  addMarker(id: string, marker: string): void;
}
interface Registry {
  get(id: string): Element | undefined;
  getAll(): Element[];
  getGraphics(element: Element): SVGElement | undefined;
}
interface Overlays {
  add(id: string, overlay: { position: object; html: HTMLElement }): void;
}
interface Events {
  on(name: string, handler: (event: { element: Element }) => void): void;
}

const ZOOM_STEP = 1.25;
const TOKEN_ZOOM = 1;
// Drawn without a ground, so that the lanes' colours show through.
const OPEN_SUBPROCESSES = new Set(['bpmn:SubProcess', 'bpmn:Transaction', 'bpmn:AdHocSubProcess']);
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

// The department of a lane: the one it states, else that of most of its steps, else the one with
// the lane's name.
function laneDepartment(
  lane: Element,
  steps: Record<string, Department>,
  departments: Department[],
  lanes: Record<string, string>,
): Department | undefined {
  const stated = departments.find(({ key }) => key === lanes[lane.id]);
  if (stated) return stated;
  const counts = new Map<string, { department: Department; count: number }>();
  for (const { id } of lane.businessObject.flowNodeRef ?? []) {
    const department = steps[id];
    if (!department) continue;
    const entry = counts.get(department.key) ?? { department, count: 0 };
    entry.count += 1;
    counts.set(department.key, entry);
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  const name = lane.businessObject.name?.toLowerCase();
  return (
    most?.department ??
    departments.find((one) => one.name.toLowerCase() === name || one.key === name)
  );
}

function colour(registry: Registry, element: Element, marker: string, value: string): void {
  const graphics = registry.getGraphics(element);
  graphics?.classList.add(marker);
  graphics?.style.setProperty('--department', value);
}

function paint(viewer: NavigatedViewer, props: Props, lanes: Record<string, string>): void {
  const registry = viewer.get<Registry>('elementRegistry');
  const canvas = viewer.get<Canvas>('canvas');
  const overlays = viewer.get<Overlays>('overlays');
  for (const element of registry.getAll()) {
    if (element.type === 'bpmn:Lane') {
      const department = laneDepartment(element, props.stepDepartments, props.departments, lanes);
      if (department) colour(registry, element, 'lane-coloured', department.colour);
    } else if (OPEN_SUBPROCESSES.has(element.type) && !element.collapsed) {
      registry.getGraphics(element)?.classList.add('subprocess-open');
    } else if (element.type !== 'label') {
      const department = props.stepDepartments[element.id];
      if (department) colour(registry, element, 'step-coloured', department.colour);
    }
  }
  for (const key of props.done ?? []) {
    if (registry.get(key)) canvas.addMarker(key, 'step-done');
  }
  for (const token of props.tokens ?? []) {
    if (!registry.get(token.key)) continue;
    canvas.addMarker(token.key, 'step-token');
    const html = document.createElement('div');
    html.className = token.waits ? 'token token-waits' : 'token';
    html.textContent = token.text;
    overlays.add(token.key, { position: { top: -14, left: -8 }, html });
  }
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
  const tokens = JSON.stringify([props.tokens, props.done, props.stepDepartments]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: tokens stands for what is painted.
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
        paint(made, latest.current, localised.lanes);
      })
      .catch((error: Error) => live && setFailed(error.message));
    return () => {
      live = false;
      made.destroy();
    };
  }, [props.xml, tokens, i18n.language]);

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
