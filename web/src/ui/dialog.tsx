// SPDX-License-Identifier: Apache-2.0
// Ant Design's dialog in a container of our own: in <body> it would lock the page's scrolling by a
// style element that carries no nonce, and the page does not scroll anyway.
import { Modal, type ModalProps } from 'antd';

function container(): HTMLElement {
  const found = document.getElementById('dialogs');
  if (found) return found;
  const made = document.createElement('div');
  made.id = 'dialogs';
  document.body.append(made);
  return made;
}

export function Dialog(props: ModalProps) {
  return <Modal open getContainer={container} {...props} />;
}
