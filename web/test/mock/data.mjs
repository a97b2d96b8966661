// SPDX-License-Identifier: Apache-2.0
// A small Riverbend Pumps for the mock: departments, people, entities, the standard order's steps.
// Texts are [English, Chinese]; the server picks.

export const departments = {
  marketing: { name: ['Marketing', '市场部'], colour: '#7c3aed' },
  sales: { name: ['Sales', '销售部'], colour: '#2563eb' },
  finance: { name: ['Finance', '财务部'], colour: '#15803d' },
  warehouse: { name: ['Warehouse', '仓储部'], colour: '#c2410c' },
  service: { name: ['Service', '服务部'], colour: '#b91c1c' },
  quality: { name: ['Quality', '质量部'], colour: '#0f766e' },
};

export const users = [
  ['sam', 'Sam Carter', 'sales', ['Salesperson', '销售员'], 'en'],
  ['sofia', 'Sofia Rossi', 'sales', ['Sales manager', '销售经理'], 'en'],
  ['wei', '王伟', 'sales', ['Salesperson', '销售员'], 'zh-CN'],
  ['fiona', 'Fiona Hughes', 'finance', ['Finance clerk', '财务专员'], 'en'],
  ['frank', 'Frank Weber', 'finance', ['Finance clerk', '财务专员'], 'en'],
  ['diana', '陈丹', 'finance', ['Finance director', '财务总监'], 'en'],
  ['walt', 'Walt Novak', 'warehouse', ['Warehouse clerk', '仓管员'], 'en'],
  ['mei', '李梅', 'warehouse', ['Warehouse clerk', '仓管员'], 'zh-CN'],
  ['admin', 'Administrator', null, ['Administrator', '管理员'], 'en'],
].map(([login, name, department, position, language], index) => ({
  id: String(9001 + index),
  login,
  name,
  department,
  position,
  language,
}));

const text = (name, en, zh, more = {}) => ({ name, title: [en, zh], type: 'text', ...more });
const OWNED = { owned_by: 'standard-order', read_only: true };

export const statuses = [
  ['draft', 'Draft', '草稿', '#64748b'],
  ['credit_check', 'Credit check', '信用检查', '#2563eb'],
  ['over_limit', 'Over limit', '超出额度', '#b91c1c'],
  ['awaiting_prepayment', 'Awaiting prepayment', '等待预付款', '#c2410c'],
  ['limit_review', 'Limit review', '额度审批', '#c2410c'],
  ['accepted', 'Accepted', '已接受', '#2563eb'],
  ['allocated', 'Allocated', '已配货', '#7c3aed'],
  ['shipped', 'Shipped', '已发货', '#7c3aed'],
  ['invoiced', 'Invoiced', '已开票', '#0f766e'],
  ['paid', 'Paid', '已付款', '#15803d'],
  ['closed', 'Closed', '已关闭', '#64748b'],
  ['cancelled', 'Cancelled', '已取消', '#64748b'],
].map(([value, en, zh, colour]) => ({ value, title: [en, zh], colour }));

const choices = (...rows) => rows.map(([value, en, zh]) => ({ value, title: [en, zh] }));
const created = {
  name: 'created_at',
  title: ['Created', '创建时间'],
  type: 'instant',
  read_only: true,
};

export const entities = [
  {
    name: 'sales_order',
    title: ['Order', '订单'],
    plural: ['Orders', '订单'],
    label: 'number',
    fields: [
      text('number', 'Number', '编号', { read_only: true }),
      {
        name: 'customer',
        title: ['Customer', '客户'],
        type: 'reference',
        to: 'account',
        required: true,
      },
      text('customer_reference', 'Customer reference', '客户参考号', {
        length: 60,
        help: ['The number of the customer’s own purchase order.', '客户自己的采购单号。'],
      }),
      { name: 'order_date', title: ['Order date', '下单日期'], type: 'date' },
      { name: 'requested_date', title: ['Requested date', '要求交期'], type: 'date' },
      { name: 'total', title: ['Total', '总额'], type: 'money', scale: 2 },
      text('currency', 'Currency', '币种', { length: 3 }),
      {
        name: 'payment_terms',
        title: ['Payment terms', '付款条件'],
        type: 'choice',
        choices: choices(
          ['net_30', 'Net 30 days', '30 天账期'],
          ['net_60', 'Net 60 days', '60 天账期'],
          ['prepaid', 'Prepaid', '预付'],
        ),
      },
      { name: 'status', title: ['Status', '状态'], type: 'choice', choices: statuses, ...OWNED },
      {
        name: 'credit_result',
        title: ['Credit result', '信用结果'],
        type: 'choice',
        choices: [
          { value: 'pass', title: ['Within limit', '额度内'], colour: '#15803d' },
          { value: 'fail', title: ['Over limit', '超出额度'], colour: '#b91c1c' },
        ],
        ...OWNED,
      },
      {
        name: 'credit_exposure',
        title: ['Exposure', '信用占用'],
        type: 'money',
        scale: 2,
        ...OWNED,
      },
      {
        name: 'exit_choice',
        title: ['Way out', '处理方式'],
        type: 'choice',
        choices: choices(
          ['prepayment', 'Ask for prepayment', '要求预付款'],
          ['limit_change', 'Apply for a limit change', '申请调整额度'],
          ['cancel', 'Cancel the order', '取消订单'],
        ),
        ...OWNED,
      },
      {
        name: 'limit_decision',
        title: ['Limit decision', '额度决定'],
        type: 'choice',
        choices: choices(['granted', 'Granted', '同意'], ['refused', 'Refused', '拒绝']),
        ...OWNED,
      },
      {
        name: 'approved_by',
        title: ['Approved by', '批准人'],
        type: 'reference',
        to: 'user',
        ...OWNED,
      },
      { name: 'shipped_date', title: ['Shipped', '发货日期'], type: 'date', ...OWNED },
      text('tracking_number', 'Tracking number', '物流单号', OWNED),
      text('invoice_number', 'Invoice number', '发票号', OWNED),
      { name: 'invoiced_date', title: ['Invoiced', '开票日期'], type: 'date', ...OWNED },
      { name: 'paid_date', title: ['Paid', '付款日期'], type: 'date', ...OWNED },
      { name: 'notes', title: ['Notes', '备注'], type: 'long_text' },
      created,
    ],
    lists: [
      {
        name: 'open',
        title: ['Open', '进行中'],
        columns: [
          'number',
          'customer',
          'status',
          'total',
          'requested_date',
          'payment_terms',
          'created_at',
        ],
        sort: ['-created_at'],
        filter: [
          {
            field: 'status',
            operator: 'in',
            value: statuses
              .map((s) => s.value)
              .filter((v) => !['closed', 'cancelled', 'paid'].includes(v)),
          },
        ],
      },
      {
        name: 'over_limit',
        title: ['Over limit', '超出额度'],
        columns: ['number', 'customer', 'status', 'total', 'credit_exposure', 'exit_choice'],
        sort: ['-total'],
        filter: [{ field: 'credit_result', operator: '=', value: 'fail' }],
      },
      {
        name: 'all',
        title: ['All', '全部'],
        columns: [
          'number',
          'customer',
          'customer_reference',
          'status',
          'total',
          'order_date',
          'requested_date',
          'payment_terms',
          'credit_result',
          'created_at',
        ],
        sort: ['-created_at'],
        filter: [],
      },
    ],
    may: { create: true, edit: true, delete: false },
  },
  {
    name: 'order_line',
    title: ['Order line', '订单行'],
    plural: ['Order lines', '订单行'],
    label: 'product',
    fields: [
      {
        name: 'sales_order',
        title: ['Order', '订单'],
        type: 'reference',
        to: 'sales_order',
        required: true,
      },
      {
        name: 'product',
        title: ['Product', '产品'],
        type: 'reference',
        to: 'product',
        required: true,
      },
      { name: 'quantity', title: ['Quantity', '数量'], type: 'integer', required: true },
      { name: 'price', title: ['Price', '单价'], type: 'money', scale: 2 },
      { name: 'discount', title: ['Discount', '折扣'], type: 'percent', scale: 1 },
    ],
    lists: [],
    may: { create: true, edit: true, delete: true },
  },
  {
    name: 'account',
    title: ['Customer', '客户'],
    plural: ['Customers', '客户'],
    label: 'name',
    fields: [
      text('name', 'Name', '名称', { required: true, length: 120 }),
      text('city', 'City', '城市'),
      {
        name: 'industry',
        title: ['Industry', '行业'],
        type: 'choice',
        choices: choices(
          ['water', 'Water', '水务'],
          ['chemicals', 'Chemicals', '化工'],
          ['food', 'Food', '食品'],
        ),
      },
      { name: 'email', title: ['E-mail', '邮箱'], type: 'email' },
      { name: 'phone', title: ['Telephone', '电话'], type: 'phone' },
      { name: 'website', title: ['Website', '网站'], type: 'url' },
      { name: 'owner', title: ['Owner', '负责人'], type: 'reference', to: 'user' },
      { name: 'key_account', title: ['Key account', '重点客户'], type: 'boolean' },
      created,
    ],
    lists: [
      {
        name: 'all',
        title: ['All', '全部'],
        columns: ['name', 'city', 'industry', 'phone', 'owner', 'key_account'],
        sort: ['name'],
        filter: [],
      },
    ],
    may: { create: true, edit: true, delete: false },
  },
  {
    name: 'product',
    title: ['Product', '产品'],
    plural: ['Products', '产品'],
    label: 'name',
    fields: [
      text('name', 'Name', '名称', { required: true }),
      text('sku', 'Article number', '货号'),
      { name: 'price', title: ['List price', '目录价'], type: 'money', scale: 2 },
    ],
    lists: [
      {
        name: 'all',
        title: ['All', '全部'],
        columns: ['sku', 'name', 'price'],
        sort: ['sku'],
        filter: [],
      },
    ],
    may: { create: false, edit: false, delete: false },
  },
  {
    name: 'position',
    title: ['Position', '岗位'],
    plural: ['Positions', '岗位'],
    label: 'title_en',
    fields: [
      text('key', 'Key', '代码'),
      text('title_en', 'Name', '英文名称'),
      text('title_zh', 'Chinese name', '中文名称'),
    ],
    lists: [],
    may: { create: false, edit: false, delete: false },
  },
  {
    name: 'user',
    title: ['User', '用户'],
    plural: ['Users', '用户'],
    label: 'name',
    fields: [text('name', 'Name', '姓名'), text('login', 'User name', '用户名')],
    lists: [],
    may: { create: false, edit: false, delete: false },
  },
];

export const steps = {
  enter_order: {
    name: ['Enter order', '录入订单'],
    department: 'sales',
    position: ['Salesperson', '销售员'],
    kind: 'userTask',
    status: 'draft',
    instruction: [
      'Check the customer and the requested date with the customer. Enter at least one line. When you complete this step the credit check runs by itself.',
      '与客户核对客户信息和要求交期，至少录入一行。完成此步骤后系统将自动进行信用检查。',
    ],
    form: [
      ['customer', 'required'],
      ['customer_reference', 'optional'],
      ['requested_date', 'required'],
      ['payment_terms', 'required'],
      ['total', 'read'],
    ],
  },
  credit_check: {
    name: ['Credit check', '信用检查'],
    department: null,
    kind: 'businessRuleTask',
    status: 'credit_check',
  },
  choose_exit: {
    name: ['Choose a way out', '选择处理方式'],
    department: 'sales',
    position: ['Salesperson', '销售员'],
    kind: 'userTask',
    status: 'over_limit',
    instruction: [
      'The order is over the customer’s credit limit. Talk to the customer, then choose: payment in advance, or an application to Finance for a higher limit.',
      '订单超出客户信用额度。请与客户沟通后选择：预付款，或向财务申请提高额度。',
    ],
    form: [
      ['credit_exposure', 'read'],
      ['credit_result', 'read'],
      ['exit_choice', 'required'],
      ['notes', 'optional'],
    ],
  },
  decide_limit: {
    name: ['Decide on the limit', '审批额度'],
    department: 'finance',
    position: ['Finance clerk', '财务专员'],
    kind: 'userTask',
    status: 'limit_review',
    instruction: [
      'Look at the exposure, the overdue days and the reason given. Above 50,000 the finance director decides as well.',
      '查看信用占用、逾期天数及申请理由。超过 50,000 时还需财务总监审批。',
    ],
    form: [
      ['credit_exposure', 'read'],
      ['total', 'read'],
      ['limit_decision', 'required'],
      ['notes', 'optional'],
    ],
  },
  confirm_order: {
    name: ['Confirm order', '确认订单'],
    department: 'sales',
    position: ['Salesperson', '销售员'],
    kind: 'userTask',
    status: 'accepted',
    instruction: [
      'Send the order confirmation to the customer and complete this step.',
      '向客户发送订单确认后完成此步骤。',
    ],
    form: [
      ['total', 'read'],
      ['requested_date', 'optional'],
    ],
  },
  allocate: {
    name: ['Allocate and pick', '配货拣货'],
    department: 'warehouse',
    position: ['Warehouse clerk', '仓管员'],
    kind: 'userTask',
    status: 'accepted',
    instruction: ['Reserve the goods and put them at the packing place.', '预留货物并放到打包区。'],
    form: [['notes', 'optional']],
  },
  ship: {
    name: ['Ship', '发货'],
    department: 'warehouse',
    position: ['Warehouse clerk', '仓管员'],
    kind: 'userTask',
    status: 'allocated',
    instruction: [
      'Hand the goods to the carrier and enter the tracking number.',
      '将货物交给承运商并录入物流单号。',
    ],
    form: [
      ['shipped_date', 'required'],
      ['tracking_number', 'required'],
    ],
  },
  invoice: {
    name: ['Invoice', '开具发票'],
    department: 'finance',
    position: ['Finance clerk', '财务专员'],
    kind: 'userTask',
    status: 'shipped',
    instruction: [
      'Write the invoice in the books and enter its number.',
      '在账务系统中开票并录入发票号。',
    ],
    form: [
      ['invoice_number', 'required'],
      ['invoiced_date', 'required'],
    ],
  },
  payment: {
    name: ['Payment received', '收到付款'],
    department: 'finance',
    kind: 'intermediateCatchEvent',
    status: 'invoiced',
  },
};

export const positionKey = (position) => position?.[0].toLowerCase().replace(' ', '_') ?? null;

export const WITHIN = [
  'enter_order',
  'credit_check',
  'confirm_order',
  'allocate',
  'ship',
  'invoice',
  'payment',
];
export const OVER = [
  'enter_order',
  'credit_check',
  'choose_exit',
  'decide_limit',
  'confirm_order',
  'allocate',
  'ship',
  'invoice',
  'payment',
];

export const customers = [
  'Northwind Water',
  'Harbour Chemicals',
  '江南水务集团',
  'Alpine Dairy',
  '东海化工有限公司',
  'Granite Mining',
  'Lakeside Utilities',
  '长河食品',
  'Meridian Paper',
  'Oakfield Brewery',
  'Sterling Foods',
  'Vega Refining',
];
export const products = [
  'RB-40 circulation pump',
  'RB-80 process pump',
  'RB-120 borehole pump',
  'RB-200 dosing pump',
  'Mechanical seal 40 mm',
  'Impeller 120 mm',
  'Control cabinet 15 kW',
  '潜水泵 RB-300',
];
