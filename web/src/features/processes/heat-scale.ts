// SPDX-License-Identifier: Apache-2.0
// From what was counted to what is painted: layers of the heat map, their periods and their scale.
import type { Heat, StepHeat } from '../../api/types';
import type { DiagramHeat } from '../../ui/diagram-paint';

export const LAYERS = ['passed', 'now', 'waiting', 'working'] as const;
export type Layer = (typeof LAYERS)[number];
export const PERIODS = [7, 30, 90, 365] as const;
const DAY = 86_400_000;

export function heatOf(step: StepHeat, layer: Layer): number | null {
  if (layer === 'passed') return step.passed;
  if (layer === 'now') return step.waiting_now;
  return step[layer]?.median ?? null;
}

// Gateways only lead on: what they count stands on their flows.
const isGateway = (step: StepHeat) => step.kind.endsWith('gateway');

export function mostOf(heat: Heat, layer: Layer): number {
  return Math.max(
    0,
    ...heat.steps.filter((step) => !isGateway(step)).map((step) => heatOf(step, layer) ?? 0),
  );
}

// The root keeps small values apart that a straight scale would paint alike.
export function paintOf(
  heat: Heat,
  layer: Layer,
  text: (value: number) => string,
): { heat: DiagramHeat[]; flows: { key: string; share: number }[] } {
  const most = mostOf(heat, layer);
  const steps = heat.steps.flatMap((step) => {
    const value = heatOf(step, layer);
    if (!value || isGateway(step)) return [];
    return { key: step.key, heat: Math.sqrt(value / most), text: text(value) };
  });
  const widest = Math.max(0, ...heat.flows.map(({ passed }) => passed));
  const flows = heat.flows.flatMap(({ key, passed }) =>
    passed > 0 ? { key, share: passed / widest } : [],
  );
  return { heat: steps, flows: layer === 'passed' ? flows : [] };
}

// A day of an address, "2026-11-28", else so many days back; whole days in the person's own zone.
export function periodOf(parameters: URLSearchParams, now = new Date()): { from: Date; to: Date } {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  const dayAt = (name: string) => {
    const at = new Date(`${parameters.get(name)}T00:00:00`);
    return Number.isNaN(at.getTime()) ? undefined : at;
  };
  const last = dayAt('to');
  const to = last ? new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1) : midnight;
  const days = Number(parameters.get('days')) || 30;
  return { from: dayAt('from') ?? new Date(to.getTime() - days * DAY), to };
}

export function dayText(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

// The last day of a period whose end is not included.
export function lastDay(to: Date): Date {
  return new Date(to.getTime() - 1);
}
