// SPDX-License-Identifier: Apache-2.0
// Addresses and their pages; each page is a chunk of its own.
import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';

const WorkList = lazy(() => import('../features/work/list'));
const TeamPage = lazy(() => import('../features/work/team'));
const WorkItemPage = lazy(() => import('../features/work/item'));
const RecordList = lazy(() => import('../features/records/list'));
const RecordPage = lazy(() => import('../features/records/record'));
const ImportRecords = lazy(() => import('../features/records/import'));
const DeletedRecords = lazy(() => import('../features/records/deleted'));
const RecordSummary = lazy(() => import('../features/records/summary'));
const NewRecord = lazy(() => import('../features/records/new'));
const DuplicateList = lazy(() => import('../features/records/duplicates'));
const MergePage = lazy(() => import('../features/records/merge'));
const CertificatePage = lazy(() => import('../features/processes/certificate'));
const ProcessList = lazy(() => import('../features/processes/list'));
const ProcessPage = lazy(() => import('../features/processes/process'));
const HeatPage = lazy(() => import('../features/processes/heat'));
const MigrationsPage = lazy(() => import('../features/processes/migrations'));
const MigrationPage = lazy(() => import('../features/processes/migration'));
const DeployPage = lazy(() => import('../features/processes/deploy'));
const DeviationQueue = lazy(() => import('../features/deviations/queue'));
const DeviationsOfProcess = lazy(() => import('../features/deviations/of-process'));
const InstanceList = lazy(() => import('../features/instances/list'));
const InstancePage = lazy(() => import('../features/instances/instance'));
const IncidentList = lazy(() => import('../features/incidents/list'));
const IncidentPage = lazy(() => import('../features/incidents/incident'));
const CustomisePage = lazy(() => import('../features/customise/page'));
const WebhooksPage = lazy(() => import('../features/webhooks/page'));
const NoticesPage = lazy(() => import('../features/notices/list'));
const CalendarPage = lazy(() => import('../features/calendar/calendar'));
const NotFound = lazy(() => import('../features/home/not-found'));

export function Pages() {
  return (
    <Routes>
      <Route path="/" element={<Navigate to="/work" replace />} />
      <Route path="/work" element={<WorkList />} />
      <Route path="/work/team" element={<TeamPage />} />
      <Route path="/work/:id" element={<WorkItemPage />} />
      <Route path="/orders" element={<RecordList entity="sales_order" />} />
      <Route path="/orders/new" element={<NewRecord entity="sales_order" />} />
      <Route path="/orders/import" element={<ImportRecords entity="sales_order" />} />
      <Route path="/orders/summary" element={<RecordSummary entity="sales_order" />} />
      <Route path="/orders/:id" element={<RecordPage entity="sales_order" />} />
      <Route path="/records/:entity" element={<RecordList />} />
      <Route path="/records/:entity/new" element={<NewRecord />} />
      <Route path="/records/:entity/import" element={<ImportRecords />} />
      <Route path="/records/:entity/deleted" element={<DeletedRecords />} />
      <Route path="/records/:entity/summary" element={<RecordSummary />} />
      <Route path="/records/:entity/duplicates" element={<DuplicateList />} />
      <Route path="/records/:entity/:id" element={<RecordPage />} />
      <Route path="/records/:entity/:id/merge/:other" element={<MergePage />} />
      <Route path="/processes/:key/certificate" element={<CertificatePage />} />
      <Route path="/processes" element={<ProcessList />} />
      <Route path="/processes/deploy" element={<DeployPage />} />
      <Route path="/processes/:key" element={<ProcessPage />} />
      <Route path="/processes/:key/heat" element={<HeatPage />} />
      <Route path="/processes/:key/instances" element={<InstanceList />} />
      <Route path="/processes/:key/migrations" element={<MigrationsPage />} />
      <Route path="/processes/:key/migrations/:id" element={<MigrationPage />} />
      <Route path="/processes/:key/deviations" element={<DeviationsOfProcess />} />
      <Route path="/deviations" element={<DeviationQueue />} />
      <Route path="/instances/:id" element={<InstancePage />} />
      <Route path="/incidents" element={<IncidentList />} />
      <Route path="/incidents/:id" element={<IncidentPage />} />
      <Route path="/notices" element={<NoticesPage />} />
      <Route path="/calendar" element={<CalendarPage />} />
      <Route path="/customise" element={<CustomisePage />} />
      <Route path="/webhooks" element={<WebhooksPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
