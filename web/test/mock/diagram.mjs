// SPDX-License-Identifier: Apache-2.0
// The mock's standard order as BPMN with a picture: one lane for each department.
import { steps } from './data.mjs';

const LANES = [
  ['sales', 'Sales', '销售部'],
  ['finance', 'Finance', '财务部'],
  ['warehouse', 'Warehouse', '仓储部'],
];
const COLUMN = {
  start: 0,
  enter_order: 1,
  credit_check: 2,
  within: 3,
  choose_exit: 4,
  decide_limit: 5,
  confirm_order: 6,
  allocate: 7,
  ship: 8,
  invoice: 9,
  payment: 10,
  end: 11,
};
const LANE_OF = { start: 'sales', within: 'sales', end: 'finance', credit_check: 'sales' };
const FLOWS = [
  ['start', 'enter_order'],
  ['enter_order', 'credit_check'],
  ['credit_check', 'within'],
  ['within', 'confirm_order'],
  ['within', 'choose_exit'],
  ['choose_exit', 'decide_limit'],
  ['decide_limit', 'confirm_order'],
  ['confirm_order', 'allocate'],
  ['allocate', 'ship'],
  ['ship', 'invoice'],
  ['invoice', 'payment'],
  ['payment', 'end'],
];

export function diagram(language) {
  const zh = language === 'zh-CN' ? 1 : 0;
  const laneOf = (key) => LANE_OF[key] ?? steps[key]?.department ?? 'sales';
  const row = (key) => LANES.findIndex(([lane]) => lane === laneOf(key));
  const box = (key) => {
    const small = ['start', 'end', 'payment', 'within'].includes(key);
    const [w, h] = key === 'within' ? [50, 50] : small ? [36, 36] : [100, 70];
    const low = key === 'confirm_order' ? -25 : key === 'choose_exit' ? 25 : 0;
    return { x: 260 + COLUMN[key] * 135 - w / 2, y: 155 + row(key) * 150 + low - h / 2, w, h };
  };
  const keys = Object.keys(COLUMN);
  const name = (key) =>
    ({
      start: ['Order', '订单'][zh],
      end: ['Closed', '已关闭'][zh],
      within: ['Within limit?', '额度内？'][zh],
    })[key] ?? steps[key].name[zh];
  const element = (key) => {
    const kind =
      { start: 'startEvent', end: 'endEvent', within: 'exclusiveGateway' }[key] ?? steps[key].kind;
    return `<bpmn:${kind} id="${key}" name="${name(key)}">${key === 'payment' ? '<bpmn:messageEventDefinition id="pm"/>' : ''}</bpmn:${kind}>`;
  };
  const middle = (key, side) => {
    const b = box(key);
    return { x: side === 'out' ? b.x + b.w : b.x, y: b.y + b.h / 2 };
  };
  const edge = ([from, to]) => {
    const a = middle(from, 'out');
    const b = middle(to, 'in');
    const x = b.x - 18;
    return [a, { x, y: a.y }, { x, y: b.y }, b];
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="urn:millrace">
<bpmn:collaboration id="c"><bpmn:participant id="pool" name="${['Standard order', '标准订单'][zh]}" processRef="standard-order"/></bpmn:collaboration>
<bpmn:process id="standard-order" isExecutable="true"><bpmn:laneSet id="ls">${LANES.map(
    ([lane, en, cn]) =>
      `<bpmn:lane id="lane_${lane}" name="${[en, cn][zh]}">${keys
        .filter((key) => laneOf(key) === lane)
        .map((key) => `<bpmn:flowNodeRef>${key}</bpmn:flowNodeRef>`)
        .join('')}</bpmn:lane>`,
  ).join('')}</bpmn:laneSet>
${keys.map(element).join('\n')}
${FLOWS.map(([from, to], i) => `<bpmn:sequenceFlow id="f${i}" sourceRef="${from}" targetRef="${to}"/>`).join('\n')}
</bpmn:process>
<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="c">
<bpmndi:BPMNShape id="s_pool" bpmnElement="pool" isHorizontal="true"><dc:Bounds x="160" y="80" width="1680" height="450"/></bpmndi:BPMNShape>
${LANES.map(([lane], i) => `<bpmndi:BPMNShape id="s_${lane}" bpmnElement="lane_${lane}" isHorizontal="true"><dc:Bounds x="190" y="${80 + i * 150}" width="1650" height="150"/></bpmndi:BPMNShape>`).join('\n')}
${keys
  .map((key) => {
    const b = box(key);
    return `<bpmndi:BPMNShape id="s_${key}" bpmnElement="${key}"><dc:Bounds x="${b.x}" y="${b.y}" width="${b.w}" height="${b.h}"/></bpmndi:BPMNShape>`;
  })
  .join('\n')}
${FLOWS.map(
  (flow, i) =>
    `<bpmndi:BPMNEdge id="e${i}" bpmnElement="f${i}">${edge(flow)
      .map((p) => `<di:waypoint x="${p.x}" y="${p.y}"/>`)
      .join('')}</bpmndi:BPMNEdge>`,
).join('\n')}
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>`;
}
