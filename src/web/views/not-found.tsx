import { hrefOf } from '../router.js';
import { Page } from '../ui/page.js';

export const NotFound = ({ what = 'There is nothing here.' }: { what?: string }) => (
  <Page title="Not found">
    <p>
      {what} <a href={hrefOf()}>At a glance</a>
    </p>
  </Page>
);
