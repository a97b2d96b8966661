// SPDX-License-Identifier: Apache-2.0
// An in-memory stand-in for the server, following the API's contract closely enough to look at
// every page. Not a reference: the real rules live in the real server. Listens on loopback,
// PORT or 8080; serves dist/ with the production content security policy when it was built.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  customers,
  departments,
  entities,
  OVER,
  positionKey,
  products,
  steps,
  users,
  WITHIN,
} from './data.mjs';
import { diagram } from './diagram.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist');
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
  '.woff2': 'font/woff2',
};
const HOUR = 3_600_000;
const START = Date.now();
const iso = (hours) => new Date(START + hours * HOUR).toISOString();
const day = (hours) => iso(hours).slice(0, 10);

class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    this.body = { type: 'about:blank', title: code, status, code, message, ...more };
  }
}

const tables = Object.fromEntries(entities.map((entity) => [entity.name, []]));
const flows = new Map(); // order id -> {id, path, at, claimed, log}
const sessions = new Map();
const listeners = new Set();

function emit(event, data) {
  for (const response of listeners)
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

let nextId = 100;
function add(entity, fields) {
  const row = {
    id: String(nextId++),
    version: 1,
    fields: {
      ...Object.fromEntries(
        entities.find((e) => e.name === entity).fields.map((f) => [f.name, null]),
      ),
      ...fields,
    },
  };
  tables[entity].push(row);
  return row;
}

function seed() {
  for (const user of users)
    tables.user.push({ id: user.id, version: 1, fields: { name: user.name, login: user.login } });
  const positions = new Map(users.map(({ position }) => [positionKey(position), position]));
  for (const [key, [en, zh]] of positions) add('position', { key, title_en: en, title_zh: zh });
  customers.forEach((name, i) => {
    add('account', {
      name,
      city: ['Leeds', 'Hamburg', '无锡', 'Graz', '宁波'][i % 5],
      industry: ['water', 'chemicals', 'food'][i % 3],
      email: `office@customer${i}.example`,
      phone: `+44 113 555 01${10 + i}`,
      website: `https://customer${i}.example`,
      owner: users[i % 3].id,
      key_account: i % 4 === 0,
      created_at: iso(-2000 + i),
    });
  });
  products.forEach((name, i) => {
    add('product', { name, sku: `RB-${100 + i}`, price: 480 + i * 310.5 });
  });
  for (let i = 0; i < 260; i++) {
    const over = i % 4 === 2;
    const path = over ? OVER : WITHIN;
    const at = i < 18 ? [0, 2, 3, 4, 5, 6, 2, 3][i % 8] : path.length - (i % 9 === 0 ? 1 : 0);
    const order = add('sales_order', {
      number: `SO-2026-${String(100 + 260 - i).padStart(6, '0')}`,
      customer: tables.account[i % customers.length].id,
      customer_reference: `PO ${7000 + i * 13}`,
      order_date: day(-i * 9),
      requested_date: day(24 * 14 - i * 9),
      currency: 'EUR',
      total: Math.round((1200 + ((i * 7919) % 88_000)) * 100) / 100 + 0.5,
      payment_terms: ['net_30', 'net_60', 'prepaid'][i % 3],
      created_at: iso(-i * 9 - 2),
    });
    flows.set(order.id, {
      id: `70${order.id}`,
      path,
      at: 0,
      claimed: null,
      log: [],
      started: iso(-i * 9 - 2),
      due: iso(i % 3 === 0 ? -20 : i % 3 === 1 ? 3 : 40),
      priority: i % 7 === 3 ? 50 : 0,
    });
    for (let k = 0; k < Math.min(at, path.length); k++)
      advance(order, users[k % 3], -i * 9 + k * 0.4);
    for (let k = 0; k < 1 + (i % 3); k++)
      add('order_line', {
        sales_order: order.id,
        product: tables.product[(i + k) % products.length].id,
        quantity: 1 + k,
        price: 480 + k * 310.5,
        discount: k * 2.5,
      });
  }
}

function advance(order, actor, hours = (Date.now() - START) / HOUR) {
  const flow = flows.get(order.id);
  const key = flow.path[flow.at];
  flow.log.push({ at: iso(hours), key, kind: 'completed', actor });
  flow.at += 1;
  flow.claimed = null;
  if (key === 'credit_check')
    Object.assign(order.fields, {
      credit_result: flow.path === OVER ? 'fail' : 'pass',
      credit_exposure: order.fields.total * 1.4,
    });
  if (key === 'ship') order.fields.shipped_date ??= day(hours);
  if (flow.path[flow.at] === 'credit_check') advance(order, null, hours + 0.01);
  const now = flow.path[flow.at];
  order.fields.status = now ? steps[now].status : 'closed';
  order.version += 1;
}

function view(language) {
  const say = (pair) => (Array.isArray(pair) ? pair[language === 'zh-CN' ? 1 : 0] : pair);
  const department = (key) =>
    key ? { key, name: say(departments[key].name), colour: departments[key].colour } : null;
  const person = (user) => (user ? { id: user.id, name: user.name } : null);
  const entityOf = (name) => {
    const entity = entities.find((e) => e.name === name);
    if (!entity) throw new Refusal(404, 'not-found', `there is no entity ${name}`);
    return entity;
  };
  const shape = (field) => ({
    ...field,
    title: say(field.title),
    help: field.help ? say(field.help) : undefined,
    choices: field.choices?.map((c) => ({ ...c, title: say(c.title) })),
  });
  const label = (entity, id) => {
    const row = tables[entity]?.find((r) => r.id === id);
    if (!row) return id;
    const definition = entityOf(entity);
    const field = definition.fields.find((f) => f.name === definition.label);
    return field.type === 'reference'
      ? label(field.to, row.fields[field.name])
      : row.fields[field.name];
  };
  const record = (entity, row) => ({
    id: row.id,
    version: row.version,
    label: label(entity, row.id),
    fields: row.fields,
    references: Object.fromEntries(
      entityOf(entity)
        .fields.filter((f) => f.to && row.fields[f.name])
        .map((f) => [f.name, { id: row.fields[f.name], label: label(f.to, row.fields[f.name]) }]),
    ),
    read_only: entityOf(entity)
      .fields.filter((f) => f.read_only)
      .map((f) => f.name),
  });
  const order = (id) => tables.sales_order.find((r) => r.id === id);
  const item = (row, flow, index, user) => {
    const key = flow.path[index];
    const step = steps[key];
    const done = index < flow.at;
    return {
      id: `${flow.id}-${index}`,
      key,
      name: say(step.name),
      process: { key: 'standard-order', name: say(['Standard order', '标准订单']) },
      instance: flow.id,
      subject: { entity: 'sales_order', id: row.id, label: row.fields.number },
      department: department(step.department),
      position: positionKey(step.position),
      state: done ? 'completed' : flow.claimed ? 'claimed' : 'offered',
      assignee: done ? null : person(flow.claimed),
      priority: flow.priority,
      created_at: flow.log.at(-1)?.at ?? flow.started,
      due_at: flow.due,
      overdue: !done && new Date(flow.due) < new Date(),
      mine: !!user && user.department === step.department,
    };
  };
  const items = (user) =>
    tables.sales_order.flatMap((row) => {
      const flow = flows.get(row.id);
      const key = flow.path[flow.at];
      return key && steps[key].kind === 'userTask' ? [item(row, flow, flow.at, user)] : [];
    });
  const openStep = (row) => {
    const flow = flows.get(row.id);
    const key = flow?.path[flow.at];
    if (!key) return undefined;
    const step = steps[key];
    return {
      key,
      name: say(step.name),
      instance: flow.id,
      work_item: `${flow.id}-${flow.at}`,
      who: {
        department: department(step.department)?.name,
        position: positionKey(step.position),
        users: users.filter((u) => u.department === step.department).map(person),
      },
      where: `/work/${flow.id}-${flow.at}`,
    };
  };
  return { say, department, person, entityOf, shape, label, record, order, item, items, openStep };
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
}
const operators = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a !== null && a < b,
  '<=': (a, b) => a !== null && a <= b,
  '>': (a, b) => a !== null && a > b,
  '>=': (a, b) => a !== null && a >= b,
  in: (a, b) => b.includes(a),
  contains: (a, b) =>
    String(a ?? '')
      .toLowerCase()
      .includes(String(b).toLowerCase()),
  starts: (a, b) =>
    String(a ?? '')
      .toLowerCase()
      .startsWith(String(b).toLowerCase()),
  'is null': (a) => a === null,
  'is not null': (a) => a !== null,
};

function listRecords(v, entity, query) {
  v.entityOf(entity);
  let rows = [...tables[entity]];
  for (const { field, operator, value } of JSON.parse(query.get('filter') ?? '[]')) {
    const test = operators[operator];
    if (!test) throw new Refusal(400, 'invalid', `unknown operator ${operator}`);
    rows = rows.filter((row) => test(row.fields[field] ?? null, value));
  }
  for (const key of (query.get('sort') ?? '').split(',').filter(Boolean).reverse()) {
    const name = key.replace(/^-/, '');
    rows.sort((a, b) => compare(a.fields[name], b.fields[name]) * (key.startsWith('-') ? -1 : 1));
  }
  const limit = Number(query.get('limit') ?? 20);
  const from = Number(query.get('after') ?? 0);
  return {
    items: rows.slice(from, from + limit).map((row) => v.record(entity, row)),
    next: from + limit < rows.length ? String(from + limit) : null,
    ...(query.get('count') === 'true' ? { count: rows.length } : {}),
  };
}

function moves(v, row, user) {
  const flow = flows.get(row.id);
  if (!flow) return { instances: [], may: [], must: [], blocks: [] };
  const key = flow.path[flow.at];
  const step = key && steps[key];
  const mine =
    step?.kind === 'userTask' && (user.department === step.department || user.login === 'admin');
  const id = `${flow.id}-${flow.at}`;
  const now = step
    ? [
        {
          ...(step.kind === 'userTask' ? { work_item: id } : {}),
          key,
          name: v.say(step.name),
          department: v.department(step.department),
          position: positionKey(step.position),
          users: users.filter((u) => u.department === step.department).map(v.person),
          due: flow.due,
          mine,
          kind: step.kind === 'userTask' ? 'task' : 'message',
        },
      ]
    : [];
  return {
    instances: [
      {
        id: flow.id,
        process: { key: 'standard-order', name: v.say(['Standard order', '标准订单']), version: 3 },
        state: step ? 'running' : 'completed',
        path: flow.path.map((k, i) => ({
          key: k,
          name: v.say(steps[k].name),
          department: v.department(steps[k].department),
          state: i < flow.at ? 'done' : i === flow.at ? 'now' : 'next',
          ...(flow.log[i] ? { at: flow.log[i].at, by: v.person(flow.log[i].actor) } : {}),
        })),
        now,
        blocked_by:
          step && !mine
            ? [
                {
                  key,
                  name: v.say(step.name),
                  who: v.openStep(row).who,
                  where: `/work/${id}`,
                  reason: v.say([
                    'Everything after this step waits for it.',
                    '后续步骤都在等待此步骤。',
                  ]),
                },
              ]
            : [],
      },
    ],
    may: [],
    must: mine
      ? [{ work_item: id, name: v.say(step.name), href: `/work/${id}`, due: flow.due }]
      : [],
    blocks: [],
  };
}

function workDetail(v, id, user) {
  const [instance, index] = id.split('-');
  const row = tables.sales_order.find((r) => flows.get(r.id).id === instance);
  if (!row)
    throw new Refusal(404, 'not-found', v.say(['there is no such work item', '没有此工作项']));
  const flow = flows.get(row.id);
  const base = v.item(row, flow, Number(index), user);
  const step = steps[base.key];
  const able = user.department === step.department || user.login === 'admin';
  const open = base.state !== 'completed';
  const own = flow.claimed?.id === user.id;
  const fields = v.entityOf('sales_order').fields;
  const { read_only, references, ...rest } = v.record('sales_order', row);
  return {
    row,
    flow,
    body: {
      ...base,
      instruction: v.say(step.instruction ?? ''),
      form: {
        fields: (step.form ?? []).map(([name, access]) => ({
          ...v.shape(fields.find((f) => f.name === name)),
          access,
          value: row.fields[name],
          ...(references[name] ? { reference: references[name] } : {}),
        })),
      },
      subject_record: { ...rest, references, read_only },
      may: {
        claim: open && able && !flow.claimed,
        release: open && own,
        complete: open && able && (own || !flow.claimed),
        why_not:
          open && !able
            ? v.say(['This step is done by another department.', '此步骤由其他部门处理。'])
            : undefined,
      },
    },
  };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts)) : {};
}

function sessionBody(v, user, csrf) {
  return {
    user: {
      id: user.id,
      login: user.login,
      name: user.name,
      department: v.department(user.department),
      positions: [positionKey(user.position)],
      language: user.language,
      permissions: ['process.read'],
    },
    csrf,
  };
}

function patch(v, entity, row, body, user) {
  if (body.version !== row.version)
    throw new Refusal(
      409,
      'conflict',
      v.say(['the record was changed by somebody else', '记录已被他人修改']),
      { detail: `version ${row.version}` },
    );
  for (const [name, value] of Object.entries(body.fields)) {
    const field = v.entityOf(entity).fields.find((f) => f.name === name);
    if (!field) throw new Refusal(400, 'invalid', `there is no field ${name}`, { field: name });
    const late =
      entity === 'sales_order' &&
      flows.get(row.id).at > 1 &&
      ['customer', 'total', 'payment_terms'].includes(name);
    if (field.owned_by || late)
      throw new Refusal(
        409,
        'conflict',
        v.say([`${name} is set by the process alone`, `“${v.say(field.title)}”只能由流程设置`]),
        {
          field: name,
          hint: v.say(['Complete the open step first.', '请先完成未完成的步骤。']),
          open_step: v.openStep(row),
        },
      );
    row.changes ??= [];
    row.changes.unshift({
      at: new Date().toISOString(),
      actor: v.person(user),
      door: 'api',
      field: name,
      title: v.say(field.title),
      old: row.fields[name],
      new: value,
    });
    row.fields[name] = value;
  }
  row.version += 1;
  emit('change', { entity, id: row.id, version: row.version });
}

function instanceBody(v, row) {
  const flow = flows.get(row.id);
  const key = flow.path[flow.at];
  return {
    id: flow.id,
    process: { key: 'standard-order', name: v.say(['Standard order', '标准订单']), version: 3 },
    subject: { entity: 'sales_order', id: row.id, label: row.fields.number },
    state: key ? 'running' : 'completed',
    started_at: flow.started,
    ended_at: key ? null : flow.log.at(-1).at,
    variables: {
      exposure: row.fields.credit_exposure,
      within_limit: row.fields.credit_result === 'pass',
    },
    tokens: key
      ? [
          {
            wait: `${flow.id}w`,
            key,
            name: v.say(steps[key].name),
            kind: steps[key].kind === 'userTask' ? 'task' : 'message',
            ...(steps[key].kind === 'userTask' ? { work_item: `${flow.id}-${flow.at}` } : {}),
            due_at: flow.due,
          },
        ]
      : [],
    incidents: [],
  };
}

async function answer(request, url) {
  const language = request.headers['accept-language']?.startsWith('zh') ? 'zh-CN' : 'en';
  const v = view(language);
  const method = request.method;
  const [, , , area, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const query = url.searchParams;
  const token = /millrace_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  const session = sessions.get(token);
  if (area === 'session' && method === 'POST') {
    const { login, password } = await bodyOf(request);
    const user = users.find((u) => u.login === login);
    if (!user || password !== 'riverbend')
      throw new Refusal(
        401,
        'signed-out',
        v.say(['user name or password is wrong', '用户名或密码错误']),
      );
    const fresh = randomBytes(12).toString('hex');
    sessions.set(fresh, { user, csrf: randomBytes(12).toString('hex') });
    return { status: 201, cookie: fresh, body: sessionBody(v, user, sessions.get(fresh).csrf) };
  }
  if (!session) throw new Refusal(401, 'signed-out', v.say(['you are signed out', '您已退出登录']));
  const { user } = session;
  if (method !== 'GET' && request.headers['x-csrf-token'] !== session.csrf)
    throw new Refusal(403, 'denied', 'the CSRF token is wrong');
  if (area === 'session') {
    if (method === 'GET') return { body: sessionBody(v, user, session.csrf) };
    sessions.delete(token);
    return { status: 204 };
  }
  if (area === 'meta')
    return {
      body: {
        entities: entities.map((e) => ({
          ...e,
          title: v.say(e.title),
          plural: v.say(e.plural),
          fields: e.fields.map(v.shape),
          lists: e.lists.map((l) => ({ ...l, title: v.say(l.title) })),
        })),
        departments: Object.keys(departments).map(v.department),
      },
    };
  if (area === 'records') {
    const [entity, id, part] = rest;
    if (!id && method === 'GET') return { body: listRecords(v, entity, query) };
    if (!id) {
      const { fields } = await bodyOf(request);
      for (const field of v.entityOf(entity).fields)
        if (field.required && !fields[field.name])
          throw new Refusal(
            400,
            'invalid',
            v.say([`${v.say(field.title)} is missing`, `缺少“${v.say(field.title)}”`]),
            { field: field.name },
          );
      const row = add(entity, fields);
      if (entity === 'sales_order') {
        Object.assign(row.fields, {
          number: `SO-2026-${String(nextId).padStart(6, '0')}`,
          status: 'draft',
          created_at: new Date().toISOString(),
        });
        flows.set(row.id, {
          id: `70${row.id}`,
          path: WITHIN,
          at: 0,
          claimed: user,
          log: [],
          started: new Date().toISOString(),
          due: iso(30),
          priority: 0,
        });
      }
      return { status: 201, body: v.record(entity, row) };
    }
    const row = tables[v.entityOf(entity).name].find((r) => r.id === id);
    if (!row) throw new Refusal(404, 'not-found', v.say(['there is no such record', '没有此记录']));
    if (part === 'moves')
      return {
        body:
          entity === 'sales_order'
            ? moves(v, row, user)
            : { instances: [], may: [], must: [], blocks: [] },
      };
    if (part === 'history') {
      const log = flows.get(id)?.log ?? [];
      return {
        body: {
          items: [
            ...(row.changes ?? []),
            ...log.map((e) => ({
              at: e.at,
              actor: v.person(e.actor),
              step: {
                key: e.key,
                name: v.say(steps[e.key].name),
                department: v.department(steps[e.key].department),
              },
              kind: e.kind,
            })),
          ].sort((a, b) => compare(b.at, a.at)),
        },
      };
    }
    if (method === 'PATCH') patch(v, entity, row, await bodyOf(request), user);
    return { body: v.record(entity, row) };
  }
  if (area === 'work-items') {
    const [id, action] = rest;
    if (!id) {
      let all = v.items(user);
      if (query.get('state') === 'done') all = [];
      else if (query.get('mine'))
        all = all.filter(
          (i) => i.assignee?.id === user.id || (i.mine && !i.assignee && Number(i.subject.id) % 2),
        );
      else all = all.filter((i) => i.mine);
      return { body: { items: all.slice(0, 100), next: null, count: all.length } };
    }
    const { row, flow, body } = workDetail(v, id, user);
    if (method === 'GET') return { body };
    if (!body.may[action])
      throw new Refusal(
        409,
        'conflict',
        body.may.why_not ?? v.say(['this is not possible now', '现在无法执行']),
        { open_step: v.openStep(row) },
      );
    if (action === 'claim') flow.claimed = user;
    if (action === 'release') flow.claimed = null;
    let next = [];
    if (action === 'complete') {
      const { fields } = await bodyOf(request);
      for (const field of body.form.fields)
        if (field.access === 'required' && (fields[field.name] ?? null) === null)
          throw new Refusal(
            400,
            'invalid',
            v.say([`${field.title} is missing`, `缺少“${field.title}”`]),
            { field: field.name },
          );
      Object.assign(row.fields, fields);
      advance(row, user);
      next = v.items(user).filter((i) => i.instance === flow.id && i.mine);
    }
    emit('work', { work_item: id, state: action });
    emit('change', { entity: 'sales_order', id: row.id, version: row.version });
    return {
      body:
        action === 'complete'
          ? { item: { ...body, state: 'completed' }, next }
          : workDetail(v, id, user).body,
    };
  }
  if (area === 'processes') {
    const process = {
      key: 'standard-order',
      name: v.say(['Standard order', '标准订单']),
      version: 3,
      entity: 'sales_order',
      department_count: 3,
      deployed_at: iso(-400),
      drawing: false,
    };
    if (!rest[0]) return { body: { items: [process] } };
    if (rest[0] !== process.key)
      throw new Refusal(404, 'not-found', v.say(['there is no such process', '没有此流程']));
    if (rest[1] === 'diagram') return { xml: diagram(language) };
    return {
      body: {
        ...process,
        problems: [],
        steps: Object.entries(steps).map(([key, s]) => ({
          key,
          name: v.say(s.name),
          kind: s.kind,
          department: v.department(s.department),
        })),
      },
    };
  }
  if (area === 'instances') {
    const [id, part] = rest;
    if (!id) {
      const all = tables.sales_order
        .map((row) => instanceBody(v, row))
        .filter((i) => !query.get('state') || i.state === query.get('state'));
      return { body: { items: all.slice(0, 50), next: null, count: all.length } };
    }
    const row = tables.sales_order.find((r) => flows.get(r.id).id === id);
    if (!row)
      throw new Refusal(404, 'not-found', v.say(['there is no such instance', '没有此流程实例']));
    if (part === 'history')
      return {
        body: {
          items: flows.get(row.id).log.map((e) => ({
            at: e.at,
            key: e.key,
            name: v.say(steps[e.key].name),
            kind: e.kind,
            actor: v.person(e.actor),
          })),
        },
      };
    if (part === 'cancel')
      throw new Refusal(
        409,
        'conflict',
        v.say(['the order was shipped and can no longer be cancelled', '订单已发货，无法取消']),
        { open_step: v.openStep(row) },
      );
    return { body: instanceBody(v, row) };
  }
  throw new Refusal(404, 'not-found', `no route ${url.pathname}`);
}

function page(response, path) {
  const asset = join(dist, normalize(path));
  const isAsset = path.startsWith('/assets/') && existsSync(asset);
  const file = isAsset ? asset : join(dist, 'index.html');
  if (!existsSync(file)) return response.writeHead(404).end('run npm run build');
  const nonce = randomBytes(16).toString('base64');
  const content = isAsset
    ? readFileSync(file)
    : readFileSync(file, 'utf8').replaceAll('__CSP_NONCE__', nonce);
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; style-src-elem 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'`,
  });
  return response.end(content);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith('/api/')) return page(response, url.pathname);
  if (url.pathname === '/api/v1/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(': hello\n\n');
    listeners.add(response);
    request.on('close', () => listeners.delete(response));
    return;
  }
  try {
    const { status = 200, body, cookie, xml } = await answer(request, url);
    const headers = cookie
      ? { 'Set-Cookie': `millrace_session=${cookie}; HttpOnly; SameSite=Strict; Path=/` }
      : {};
    response.writeHead(status, {
      ...headers,
      'Content-Type': xml ? 'application/xml' : 'application/json',
    });
    response.end(status === 204 ? undefined : (xml ?? JSON.stringify(body)));
  } catch (error) {
    const body = error.body ?? {
      status: 500,
      code: 'internal',
      message: String(error.stack ?? error),
    };
    response.writeHead(body.status, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify(body));
  }
});

seed();
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`mock server on http://127.0.0.1:${server.address().port}`);
});
