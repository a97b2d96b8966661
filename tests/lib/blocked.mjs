// SPDX-License-Identifier: Apache-2.0
// A process on a product whose only step is blocked while there is nothing in stock.
import assert from "node:assert/strict";

const model = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:m="https://millrace.example/ns/1.0" targetNamespace="urn:test">
  <process id="stocktaking" name="Stocktaking" isExecutable="true">
    <extensionElements><m:governs entity="product" variable="product"/></extensionElements>
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="Count"/>
    <userTask id="Count" name="Count the stock"><extensionElements>
      <m:task department="warehouse" position="warehouse_clerk"/>
      <m:entry condition="product.stock &gt; 0" message="There is nothing in stock." message-zh-CN="没有库存。"/>
    </extensionElements></userTask>
    <sequenceFlow id="f2" sourceRef="Count" targetRef="e"/><endEvent id="e"/>
  </process></definitions>`;

/** The product, the instance that runs on it, and its blocked work item. */
export async function stocktaking(admin, sku) {
  const deployed = await admin.request("POST", "/api/v1/processes", model, { type: "application/xml" });
  assert.ok(deployed.status < 300, JSON.stringify(deployed.body));
  const fields = { sku, name: `Blocked ${sku}`, list_price: 1 };
  const product = (await admin.post("/api/v1/records/product", { fields })).body;
  const subject = { entity: "product", id: product.id };
  const started = await admin.post("/api/v1/instances", { process: "stocktaking", subject });
  assert.ok(started.status < 300, JSON.stringify(started.body));
  const items = (await admin.get(`/api/v1/work-items?subject=product/${product.id}`)).body.items;
  return { product, instance: started.body.id, item: items[0] };
}
