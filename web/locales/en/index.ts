// SPDX-License-Identifier: Apache-2.0
import common from './common.json';
import process from './process.json';
import records from './records.json';
import session from './session.json';
import work from './work.json';

export default { common, process, records, session, work };
