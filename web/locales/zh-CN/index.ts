// SPDX-License-Identifier: Apache-2.0
import certificate from './certificate.json';
import common from './common.json';
import customise from './customise.json';
import deviations from './deviations.json';
import imports from './imports.json';
import incident from './incident.json';
import owner from './owner.json';
import process from './process.json';
import records from './records.json';
import session from './session.json';
import story from './story.json';
import webhooks from './webhooks.json';
import work from './work.json';

export default {
  certificate,
  common,
  customise,
  deviations,
  imports,
  incident,
  owner,
  process,
  records,
  session,
  story,
  webhooks,
  work,
};
