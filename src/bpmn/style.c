// SPDX-License-Identifier: Apache-2.0
#include "bpmn/style.h"

#include <ctype.h>
#include <string.h>

#define MOST_NODES 50
#define MOST_ARMS 5
#define MOST_STARTS 1
#define MOST_ENDS 3

// --- Names ---------------------------------------------------------------------------------------

// Verbs that begin the names of business steps.
static const char english_verbs[] =
    " accept acknowledge activate add adjust agree allocate analyse analyze announce answer "
    "apply approve archive arrange ask assemble assess assign attach audit authorise "
    "authorize await balance bill block book build calculate call cancel carry categorise "
    "categorize change charge check choose clarify classify clean clear close collect compare "
    "complete compute conduct confirm consult contact convert copy correct count create "
    "decide define delete deliver deploy describe design determine develop discuss dispatch "
    "distribute do document draft draw edit enter escalate establish estimate evaluate "
    "examine execute extend file fill find finish fix follow forward fulfil fulfill gather "
    "generate get give grant handle hand identify implement import inform initiate inspect "
    "install interview invite invoice issue keep load log look maintain make manage mark "
    "match measure meet modify monitor negotiate notify number obtain offer open order "
    "organise organize pack pay perform pick place plan post prepare present print prioritise "
    "prioritize process produce propose provide publish purchase put quote raise rate read "
    "receive reconcile record refund register reject release remind remove renew repair "
    "repeat replace reply report request reserve resolve respond restock retrieve return "
    "review revise route run save scan schedule score select sell send set settle ship show "
    "sign sort start stop store submit supply take tell terminate test track train transfer "
    "transmit translate transport treat unlock update upload validate verify visit wait warn "
    "weigh withdraw write ";

static const char *const noun_endings[] = {"tion", "sion", "ment", "ing",  "ness",
                                           "ity",  "ance", "ence", "ency", "ship"};

static const char *const chinese_verbs[] = {
    "上传", "上报", "上架", "下载", "下达", "交付", "付款", "作出", "保存", "修复", "修改", "修订",
    "借用", "停止", "催促", "催收", "关联", "关闭", "决定", "决策", "冻结", "准备", "分发", "分拣",
    "分析", "分类", "分配", "划拨", "创建", "删除", "制作", "制定", "包装", "升级", "协商", "发出",
    "发布", "发货", "发起", "发运", "发送", "取消", "受理", "受领", "变更", "召开", "合并", "启动",
    "呈报", "回复", "回访", "填写", "处理", "备货", "复核", "委派", "存档", "安排", "安装", "完成",
    "定义", "实施", "审批", "审查", "审核", "导入", "导出", "巡检", "应用", "开具", "开始", "开票",
    "归档", "归还", "录入", "征求", "恢复", "打包", "打印", "打开", "执行", "扫描", "批准", "承诺",
    "报价", "报告", "报销", "抽查", "拆分", "拒绝", "拜访", "拟定", "拣货", "指定", "授权", "接受",
    "接收", "提交", "提供", "提醒", "提高", "搜集", "撤销", "支付", "收取", "收回", "收款", "收集",
    "整理", "暂停", "更新", "查看", "查询", "校验", "核实", "核对", "核算", "检查", "检验", "比较",
    "汇总", "注册", "派发", "测试", "清点", "生成", "申报", "申请", "登录", "登记", "监控", "盘点",
    "确定", "确认", "称重", "移交", "等待", "签收", "签署", "签订", "结算", "统计", "维护", "编制",
    "缴纳", "翻译", "联系", "聚合", "获取", "补充", "补录", "补货", "装运", "解决", "解除", "计算",
    "订购", "认证", "讨论", "记录", "评价", "评估", "评审", "询价", "请求", "调取", "调整", "调查",
    "谈判", "质检", "起草", "跟踪", "跟进", "转交", "转发", "转换", "转移", "输入", "运行", "返回",
    "追踪", "退回", "退款", "退还", "选定", "选择", "通知", "邀请", "配货", "采购", "采集", "释放",
    "预留", "预订", "验收", "验证",
};

static bool is_word_of(Ctx *cx, const char *words, const char *word)
{
    return strstr(words, text_format(cx->arena, " %s ", word)) != NULL;
}

static LabelForm english_form(Ctx *cx, const char *label)
{
    size_t length = strcspn(label, " ");
    char *first = text_slice(cx->arena, label, length);
    for (char *at = first; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    bool alone = !label[length + strspn(label + length, " ")];
    const char *last = strrchr(label, ' ');
    bool nominal = last && (text_ends(last, "tion") || text_ends(last, "ment") ||
                            text_ends(last, "proval") || text_ends(last, "check"));
    if (is_word_of(cx, english_verbs, first)) {
        // "Order confirmation" may be meant either way.
        if (nominal && is_word_of(cx, " order invoice quote report request record offer ", first))
            return LABEL_UNKNOWN;
        return alone ? LABEL_OTHER : LABEL_VERB_OBJECT;
    }
    for (size_t i = 0; i < sizeof noun_endings / sizeof *noun_endings; i++)
        if (text_ends(first, noun_endings[i]))
            return LABEL_OTHER;
    // "Limit approval": what is done stands at the end, as a noun.
    return alone || nominal ? LABEL_OTHER : LABEL_UNKNOWN;
}

static LabelForm chinese_form(const char *label)
{
    bool ends = false;
    for (size_t i = 0; i < sizeof chinese_verbs / sizeof *chinese_verbs; i++) {
        if (text_starts(label, chinese_verbs[i]))
            // 发货 holds its object, 审核 does not: only people tell them apart.
            return label[strlen(chinese_verbs[i])] ? LABEL_VERB_OBJECT : LABEL_UNKNOWN;
        ends = ends || text_ends(label, chinese_verbs[i]);
    }
    // 订单审核: what is done stands at the end.
    return ends ? LABEL_OTHER : LABEL_UNKNOWN;
}

LabelForm bpmn_label_form(Ctx *cx, const char *label)
{
    const char *text = text_trim(cx->arena, label);
    if (!*text)
        return LABEL_UNKNOWN;
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        int32_t point = utf8_next(&at, end);
        if (point >= 0x4E00 && point <= 0x9FFF)
            return chinese_form(text);
        if (point > 0x24F) // another script
            return LABEL_UNKNOWN;
    }
    return english_form(cx, text);
}

// --- The graph -----------------------------------------------------------------------------------

typedef struct Style {
    Ctx *cx;
    const BpmnModel *model;
    const Graph *graph;
    BpmnProblems *problems;
} Style;

static const XmlNode *element_of(const Style *style, const char *id)
{
    const XmlNode *element = *id ? bpmn_element(style->model, id) : NULL;
    return element ? element : style->model->root;
}

#define SAY(id, rule, hint, ...)                                                                   \
    bpmn_warning(style->cx, style->problems, element_of(style, (id)), (rule), (hint), __VA_ARGS__)

static void label_check(Style *style, const GraphNode *node, const char *label)
{
    if (bpmn_label_form(style->cx, label) == LABEL_OTHER)
        SAY(node->id, "style-label", "Call it what is done to what: 'Check credit'.",
            "the step is called '%s', not by a verb and its object", label);
}

static void names_check(Style *style, const GraphNode *node)
{
    bool step = node->kind >= NODE_TASK && node->kind <= NODE_CALL_ACTIVITY;
    if (!step)
        return;
    if (!*node->name)
        SAY(node->id, "style-label", "Call it what is done to what: 'Check credit'.",
            "the step '%s' has no name", node->id);
    label_check(style, node, node->name);
    for (size_t i = 0; i < node->names.count; i++)
        label_check(style, node, node->names.items[i].text);
}

static void gateway_check(Style *style, const GraphNode *node)
{
    if (!node_is_gateway(node))
        return;
    size_t arms =
        node->outgoing_count > node->incoming_count ? node->outgoing_count : node->incoming_count;
    if (arms > MOST_ARMS)
        SAY(node->id, "style-arms", "Split it, or let a decision table choose.",
            "the gateway '%s' has %zu arms", node->id, arms);
    bool chooses = node->kind == NODE_EXCLUSIVE || node->kind == NODE_INCLUSIVE;
    for (size_t i = 0; chooses && node->outgoing_count > 1 && i < node->outgoing_count; i++) {
        const GraphEdge *edge = &style->graph->edges[node->outgoing[i]];
        if (!*edge->name)
            SAY(edge->id, "style-flow-label", "Name the flow by the answer that leads along it.",
                "the flow from '%s' to '%s' does not say when it is taken", node->id,
                style->graph->nodes[edge->target].id);
    }
}

static const char *scope_id(const Style *style, const GraphScope *scope)
{
    return scope->node < 0 ? style->graph->id : style->graph->nodes[scope->node].id;
}

static void scope_check(Style *style, const GraphScope *scope)
{
    size_t starts = 0, ends = 0;
    for (size_t i = 0; i < scope->node_count; i++) {
        const GraphNode *node = &style->graph->nodes[scope->nodes[i]];
        starts += node->kind == NODE_START && !node->trigger_count;
        ends += node->kind == NODE_END;
    }
    if (starts > MOST_STARTS)
        SAY(scope_id(style, scope), "style-starts", "Begin in one place.",
            "%zu start events begin at once", starts);
    if (ends > MOST_ENDS)
        SAY(scope_id(style, scope), "style-ends", "Lead ways that end alike to one end event.",
            "there are %zu end events", ends);
}

void bpmn_style(Ctx *cx, const BpmnModel *model, const Graph *graph, BpmnProblems *problems)
{
    Style own = {cx, model, graph, problems}, *style = &own;
    if (graph->node_count > MOST_NODES)
        SAY(graph->id, "style-size", "Take parts out into sub-processes or processes of their own.",
            "the process has %zu steps; more than %d are hard to read", graph->node_count,
            MOST_NODES);
    for (size_t i = 0; i < graph->node_count; i++) {
        names_check(style, &graph->nodes[i]);
        gateway_check(style, &graph->nodes[i]);
    }
    for (size_t i = 0; i < graph->scope_count; i++)
        scope_check(style, &graph->scopes[i]);
}
