import { DATASOURCE_NAME, DATASOURCE_UID } from './provisioning.js';

/**
 * The part of Grafana's dashboard model (schema version 39, Grafana 10 and later) that Redress uses, with the
 * query fields of the data source plugin `grafana-clickhouse-datasource` (version 4 and later).
 */

/** The plugin's answer formats: rows that become series, or rows as they are. */
const FORMAT = { timeseries: 0, table: 1 } as const;
export type QueryFormat = keyof typeof FORMAT;

interface DatasourceReference {
  type: string;
  uid: string;
}

export interface Query {
  refId: string;
  editorType: 'sql';
  /** The plugin's version that the other fields are those of; without one its editor takes them for version 3's. */
  pluginVersion: string;
  queryType: QueryFormat;
  format: number;
  rawSql: string;
  datasource: DatasourceReference;
}

export interface Override {
  matcher: { id: 'byName' | 'byFrameRefID'; options: string };
  properties: { id: string; value: unknown }[];
}

interface GridPosition {
  x: number;
  y: number;
  w: number;
  h: number;
}

export type PanelKind = 'timeseries' | 'stat' | 'table' | 'bargauge' | 'state-timeline' | 'barchart';

export interface Panel {
  id: number;
  type: PanelKind;
  title: string;
  description: string;
  gridPos: GridPosition;
  datasource: DatasourceReference;
  targets: Query[];
  fieldConfig: { defaults: Record<string, unknown>; overrides: Override[] };
  options: Record<string, unknown>;
}

/** A panel as it is described, before it has an id and a place. */
export interface PanelDescription {
  type: PanelKind;
  title: string;
  description: string;
  width: number;
  height: number;
  queries: Query[];
  defaults?: Record<string, unknown>;
  overrides?: Override[];
  options?: Record<string, unknown>;
}

export interface Variable {
  name: string;
  label: string;
  description: string;
  type: 'query' | 'datasource';
  /** The SQL of a query variable; the plugin's id of a data source variable. */
  query: string;
  [setting: string]: unknown;
}

export interface Annotation {
  name: string;
  enable: boolean;
  iconColor: string;
  datasource: DatasourceReference;
  target: Query;
}

/** A link at the top of a dashboard to all that carry a tag. */
export interface DashboardLink {
  title: string;
  type: 'dashboards';
  tags: string[];
  asDropdown: boolean;
  includeVars: boolean;
  keepTime: boolean;
  targetBlank: boolean;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  schemaVersion: number;
  version: number;
  editable: boolean;
  timezone: string;
  refresh: string;
  time: { from: string; to: string };
  graphTooltip: number;
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
  links: DashboardLink[];
  panels: Panel[];
}

const PLUGIN = 'grafana-clickhouse-datasource';

/** The data source that the dashboard's first variable names, so that it can be imported anywhere. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
const DATASOURCE: DatasourceReference = { type: PLUGIN, uid: '${datasource}' };

const GRID_COLUMNS = 24;

export function query(format: QueryFormat, rawSql: string, refId = 'A'): Query {
  return {
    refId,
    editorType: 'sql',
    pluginVersion: '4.0.0',
    queryType: format,
    format: FORMAT[format],
    rawSql,
    datasource: DATASOURCE,
  };
}

/** Changes how one column is shown. */
export function column(name: string, properties: Readonly<Record<string, unknown>>): Override {
  return { matcher: { id: 'byName', options: name }, properties: asProperties(properties) };
}

/** Changes how everything that one query answers is shown. */
export function answersOf(refId: string, properties: Readonly<Record<string, unknown>>): Override {
  return { matcher: { id: 'byFrameRefID', options: refId }, properties: asProperties(properties) };
}

const asProperties = (properties: Readonly<Record<string, unknown>>): Override['properties'] =>
  Object.entries(properties).map(([id, value]) => ({ id, value }));

/** Colours by value: the first colour from the bottom, each next one from its value up. */
export function thresholds(first: string, ...steps: (readonly [number, string])[]): Record<string, unknown> {
  return {
    mode: 'absolute',
    steps: [{ color: first, value: null }, ...steps.map(([value, color]) => ({ value, color }))],
  };
}

/** A variable whose values a query answers, in the query's own order; one value at a time. */
export function queryVariable(variable: {
  name: string;
  label: string;
  description: string;
  sql: string;
  /** What it is before anybody chooses; the query's first answer by default. */
  initially?: string;
}): Variable {
  const { name, label, description, sql, initially } = variable;
  return {
    name,
    label,
    description,
    type: 'query',
    query: sql,
    datasource: DATASOURCE,
    // On every change of the time range: new metrics and slices turn up while the page is open.
    refresh: 2,
    sort: 0,
    multi: false,
    includeAll: false,
    ...(initially === undefined ? {} : { current: { text: initially, value: initially } }),
  };
}

/** The choice of the data source, with the provisioned one as its default. */
function datasourceVariable(uid: string, name: string): Variable {
  return {
    name: 'datasource',
    label: 'Data source',
    description: "The ClickHouse that has Redress's tables.",
    type: 'datasource',
    query: PLUGIN,
    current: { text: name, value: uid },
    hide: 0,
    multi: false,
    includeAll: false,
  };
}

export function annotation(name: string, iconColor: string, sql: string): Annotation {
  return { name, enable: true, iconColor, datasource: DATASOURCE, target: query('table', sql, 'Anno') };
}

/** Gives panels their places, row by row from the left, and their ids. */
function placed(rows: readonly (readonly PanelDescription[])[]): Panel[] {
  const panels: Panel[] = [];
  let y = 0;
  for (const row of rows) {
    let x = 0;
    for (const description of row) {
      panels.push(
        panel(description, panels.length + 1, { x, y, w: description.width, h: description.height }),
      );
      x += description.width;
    }
    if (x > GRID_COLUMNS) throw new Error(`a row of panels is ${x} columns wide, of ${GRID_COLUMNS}`);
    y += Math.max(...row.map((description) => description.height));
  }
  return panels;
}

/** All dashboards of Redress carry it, and each links to the others that do. */
const TAG = 'redress';

/** A dashboard with what all of Redress's have in common. */
export function dashboard(description: {
  uid: string;
  title: string;
  description: string;
  from: string;
  variables: Variable[];
  marks: Annotation[];
  rows: readonly (readonly PanelDescription[])[];
}): Dashboard {
  const { uid, title, from, variables, marks, rows } = description;
  return {
    uid,
    title,
    description: description.description,
    tags: [TAG],
    schemaVersion: 39,
    version: 1,
    editable: true,
    timezone: 'browser',
    refresh: '1m',
    time: { from, to: 'now' },
    graphTooltip: 1,
    templating: { list: [datasourceVariable(DATASOURCE_UID, DATASOURCE_NAME), ...variables] },
    annotations: { list: marks },
    links: [
      {
        title: 'Redress',
        type: 'dashboards',
        tags: [TAG],
        asDropdown: false,
        includeVars: false,
        keepTime: true,
        targetBlank: false,
      },
    ],
    panels: placed(rows),
  };
}

function panel(description: PanelDescription, id: number, gridPos: GridPosition): Panel {
  return {
    id,
    type: description.type,
    title: description.title,
    description: description.description,
    gridPos,
    datasource: DATASOURCE,
    targets: description.queries,
    fieldConfig: { defaults: description.defaults ?? {}, overrides: description.overrides ?? [] },
    options: { ...OPTIONS[description.type], ...description.options },
  };
}

const LAST_VALUE = { calcs: ['lastNotNull'], fields: '', values: false };

const OPTIONS: Readonly<Record<PanelKind, Record<string, unknown>>> = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'none' },
  },
  'state-timeline': {
    mergeValues: true,
    rowHeight: 0.8,
    showValue: 'never',
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  },
  barchart: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    stacking: 'none',
    tooltip: { mode: 'multi', sort: 'none' },
  },
  stat: { colorMode: 'value', graphMode: 'none', textMode: 'value_and_name', reduceOptions: LAST_VALUE },
  table: { cellHeight: 'sm', showHeader: true },
  bargauge: {
    orientation: 'horizontal',
    displayMode: 'basic',
    // One bar a row, not one a column.
    reduceOptions: { ...LAST_VALUE, values: true },
  },
};
