// SPDX-License-Identifier: Apache-2.0
// What is painted on a drawn process: departments' colours, an instance's tokens, heat, marks. Painted
// anew when it changes, without drawing anew, so that zoom and place stay.
import type NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import type { Department } from '../api/types';

export interface DiagramToken {
  key: string;
  text: string;
  waits?: boolean; // for time or a message, not for somebody's work
}

export interface DiagramHeat {
  key: string;
  heat: number; // 0 to 1
  text: string; // "": no badge
}

export interface DiagramMark {
  key: string;
  kind: 'error' | 'warning' | 'gone' | 'new' | 'mapped' | 'chosen';
  text: string;
}

export interface Painting {
  stepDepartments: Record<string, Department>;
  departments: Department[];
  tokens?: DiagramToken[];
  done?: string[];
  heat?: DiagramHeat[];
  flows?: { key: string; share: number }[]; // 0 to 1: how wide
  marks?: DiagramMark[];
}

export interface DrawnElement {
  id: string;
  type: string;
  collapsed?: boolean;
  businessObject: { name?: string; flowNodeRef?: { id: string }[] };
}
export interface Canvas {
  zoom(level?: number | 'fit-viewport', center?: 'auto' | object): number;
  viewbox(): { inner: { width: number; height: number } };
  resized(): void;
  scrollToElement(element: DrawnElement): void;
}
export interface Registry {
  get(id: string): DrawnElement | undefined;
  getAll(): DrawnElement[];
  getGraphics(element: DrawnElement): SVGElement | undefined;
}
interface Overlays {
  clear(): void;
  add(id: string, overlay: { position: object; html: HTMLElement }): void;
}

// Drawn without a ground, so that the lanes' colours show through.
const OPEN_SUBPROCESSES = new Set(['bpmn:SubProcess', 'bpmn:Transaction', 'bpmn:AdHocSubProcess']);
const FLOW_WIDTH = { least: 1.5, most: 5 };
const PAINTED_VALUES = ['--department', '--heat', '--flow'];
const BADGE_AT = { top: -14, left: -8 };

// The department of a lane: the one it states, else that of most of its steps, else the one with
// the lane's name.
function laneDepartment(
  lane: DrawnElement,
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

function isOpen(element: DrawnElement): boolean {
  return OPEN_SUBPROCESSES.has(element.type) && !element.collapsed;
}

type Values = Record<string, string>;

class Painter {
  private readonly registry: Registry;
  private readonly overlays: Overlays;

  constructor(viewer: NavigatedViewer) {
    this.registry = viewer.get<Registry>('elementRegistry');
    this.overlays = viewer.get<Overlays>('overlays');
  }

  elements(): DrawnElement[] {
    return this.registry.getAll();
  }

  // Takes off whatever was painted before.
  clear(): void {
    this.overlays.clear();
    for (const element of this.elements()) {
      const graphics = this.registry.getGraphics(element);
      if (!graphics) continue;
      for (const name of [...graphics.classList])
        if (name.startsWith('paint-')) graphics.classList.remove(name);
      for (const property of PAINTED_VALUES) graphics.style.removeProperty(property);
    }
  }

  mark(element: DrawnElement | undefined, name: string, values: Values = {}): void {
    const graphics = element && this.registry.getGraphics(element);
    graphics?.classList.add(`paint-${name}`);
    for (const [property, value] of Object.entries(values))
      graphics?.style.setProperty(property, value);
  }

  // A mark on the element with that key and, when it says something, a badge with it.
  badge(key: string, name: string, text: string, look: string, values: Values = {}): void {
    const element = this.registry.get(key);
    if (!element) return;
    this.mark(element, name, values);
    if (!text) return;
    const html = document.createElement('div');
    html.className = look;
    html.textContent = text;
    this.overlays.add(key, { position: BADGE_AT, html });
  }

  find(key: string): DrawnElement | undefined {
    return this.registry.get(key);
  }
}

function paintDepartments(painter: Painter, props: Painting, lanes: Record<string, string>): void {
  for (const element of painter.elements()) {
    if (element.type === 'bpmn:Lane') {
      const department = laneDepartment(element, props.stepDepartments, props.departments, lanes);
      if (department) painter.mark(element, 'lane', { '--department': department.colour });
    } else if (isOpen(element)) {
      painter.mark(element, 'subprocess');
    } else if (element.type !== 'label') {
      const department = props.stepDepartments[element.id];
      if (department) painter.mark(element, 'step', { '--department': department.colour });
    }
  }
}

export function paint(
  viewer: NavigatedViewer,
  props: Painting,
  lanes: Record<string, string>,
): void {
  const painter = new Painter(viewer);
  painter.clear();
  paintDepartments(painter, props, lanes);
  for (const key of props.done ?? []) painter.mark(painter.find(key), 'done');
  for (const { key, share } of props.flows ?? []) {
    const width = FLOW_WIDTH.least + (FLOW_WIDTH.most - FLOW_WIDTH.least) * share;
    painter.mark(painter.find(key), 'flow', { '--flow': `${width.toFixed(1)}px` });
  }
  for (const { key, heat, text } of props.heat ?? []) {
    const element = painter.find(key);
    if (!element || isOpen(element)) continue; // what stands inside shows its own
    painter.badge(key, 'heat', text, 'token token-heat', {
      '--heat': `${Math.round(heat * 100)}%`,
    });
  }
  for (const { key, kind, text } of props.marks ?? [])
    painter.badge(key, kind, text, `token token-${kind}`);
  for (const { key, text, waits } of props.tokens ?? [])
    painter.badge(key, 'token', text, waits ? 'token token-waits' : 'token');
}
