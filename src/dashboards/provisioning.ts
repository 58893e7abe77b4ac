/** What the dashboard finds its data source by, wherever it is provisioned. */
export const DATASOURCE_UID = 'redress-clickhouse';
export const DATASOURCE_NAME = 'Redress';

/** Where Grafana finds the dashboards' files, in its container. */
const DASHBOARDS_FOLDER = '/var/lib/grafana/dashboards';

/**
 * Grafana's data source: the ClickHouse of `compose.yaml`, read by a user who can do nothing else. The password
 * comes from Grafana's environment.
 */
export const DATASOURCE_YAML = `# Written by 'redress dashboards'. The ClickHouse is that of compose.yaml; for the embedded one the host is
# 127.0.0.1, the username default, and there is no password. The dashboards' queries name no database: they
# read the default one.
apiVersion: 1
datasources:
  - name: ${DATASOURCE_NAME}
    uid: ${DATASOURCE_UID}
    type: grafana-clickhouse-datasource
    access: proxy
    isDefault: true
    editable: false
    jsonData:
      host: clickhouse
      port: 8123
      protocol: http
      secure: false
      username: grafana
      defaultDatabase: redress
    secureJsonData:
      password: $CLICKHOUSE_GRAFANA_PASSWORD
`;

export const DASHBOARDS_YAML = `# Written by 'redress dashboards'.
apiVersion: 1
providers:
  - name: redress
    type: file
    folder: Redress
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: ${DASHBOARDS_FOLDER}
`;
