// SPDX-License-Identifier: Apache-2.0
// Addresses and their pages; each page is a chunk of its own.
import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';

const WorkList = lazy(() => import('../features/work/list'));
const NotFound = lazy(() => import('../features/home/not-found'));

export function Pages() {
  return (
    <Routes>
      <Route path="/" element={<Navigate to="/work" replace />} />
      <Route path="/work" element={<WorkList />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
