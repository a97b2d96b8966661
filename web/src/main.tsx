// SPDX-License-Identifier: Apache-2.0
import { createRoot } from 'react-dom/client';
import { Application } from './app/application';
import { startLanguage } from './app/i18n';
import './app/app.css';
import './app/address.css';
import './app/record.css';
import './app/list.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
await startLanguage();
createRoot(root).render(<Application />);
