// SPDX-License-Identifier: Apache-2.0
// A model in the reader's language: names from its millrace:text elements, and the departments that
// its lanes state.

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

export interface Localised {
  xml: string;
  lanes: Record<string, string>; // id of a lane -> key of its department
}

function own(element: Element, name: string): Element[] {
  const extension = [...element.children].find((child) => child.localName === 'extensionElements');
  return [...(extension?.children ?? [])].filter((child) => child.localName === name);
}

export function localise(xml: string, language: string): Localised {
  const model = new DOMParser().parseFromString(xml, 'application/xml');
  // What is not XML is left for the viewer to complain of, with its position.
  if (model.querySelector('parsererror')) return { xml, lanes: {} };
  const lanes: Record<string, string> = {};
  for (const element of model.getElementsByTagNameNS(BPMN, '*')) {
    const text = own(element, 'text').find((one) => one.getAttribute('lang') === language);
    if (text?.textContent && element.id) element.setAttribute('name', text.textContent.trim());
    if (element.localName === 'lane') {
      const department = own(element, 'lane')[0]?.getAttribute('department');
      if (department) lanes[element.id] = department;
    }
  }
  return { xml: new XMLSerializer().serializeToString(model), lanes };
}
