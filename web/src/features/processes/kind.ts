// SPDX-License-Identifier: Apache-2.0
// Kinds as the engine or the model names them, with or without "bpmn:", in any case.
export function stepKind(kind: string): string {
  const plain = kind
    .replace(/^bpmn:/, '')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
  const known: [RegExp, string][] = [
    [/^user/, 'user'],
    [/^businessrule/, 'rule'],
    [/^(service|script|send)/, 'service'],
    [/gateway|^exclusive|^parallel/, 'gateway'],
    [/^start/, 'start'],
    [/^end/, 'end'],
    [/timer/, 'timer'],
    [/receive|message/, 'message'],
    [/subprocess/, 'subprocess'],
    [/catch|throw|boundary|event/, 'event'],
  ];
  return known.find(([pattern]) => pattern.test(plain))?.[1] ?? 'other';
}
