-- What an engineer writes by hand: the flat columns of the jobs of a log, in DuckDB, as one file of Parquet.
--
-- Broken lines are kept: each line is text first, and what is no JSON goes to a table of its own. The words of five
-- systems are translated, counts, times and the first error are taken from where each system has them. Lists of errors,
-- findings, follow-ups, extras, and what stands in JSON inside JSON beyond Kinetica's, are left out.
SET threads = 2;
SET preserve_insertion_order = true;

CREATE OR REPLACE TEMP TABLE lines AS
SELECT row_number() OVER () AS line, raw, json_valid(raw) AS valid
FROM read_csv('{log}', columns = {{'raw': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', header = false,
              auto_detect = false, max_line_size = 10000000);

COPY (SELECT line, raw FROM lines WHERE NOT valid) TO '{dead}' (FORMAT parquet);

COPY (
WITH answers AS (
  SELECT line, raw::JSON AS told FROM lines WHERE valid
), parts AS (
  SELECT
    line,
    told->>'key' AS key,
    told->>'operation' AS operation,
    told->>'job_id' AS asked,
    (told->>'status')::BIGINT AS http_status,
    try_cast(told->>'received_at' AS TIMESTAMPTZ) AS received_at,
    told->'headers' AS headers,
    told->'body' AS body,
    try_cast(told->'body'->>'data_str' AS JSON) AS inside
  FROM answers
), words AS (
  SELECT *,
    split_part(key, '/', 1) AS system, split_part(key, '/', 2) AS endpoint, split_part(key, '/', 3) AS method,
    coalesce(inside->>'job_status', body->>'$.data.attributes.status', body->>'status',
             CASE WHEN key LIKE 'arangodb/%' THEN http_status::VARCHAR END) AS native_state,
    body->'result' AS result,
    regexp_extract(body->>'msg', 'Job finished in ([0-9.]+) seconds at (.+)', ['seconds', 'at']) AS timing
  FROM parts
)
SELECT
  system, endpoint, method, operation,
  coalesce(headers->>'x-arango-async-id', body->>'jobIdentifier', inside->>'job_id', body->>'$.data.id',
           CASE WHEN endpoint = 'data-dictionary-task' THEN body->>'id' END, asked) AS job_id,
  CASE
    WHEN http_status >= 400 AND endpoint = 'submit' THEN 'failed'
    WHEN http_status = 404 THEN 'not_found'
    WHEN http_status >= 400 THEN 'unknown'
    WHEN lower(native_state) IN ('successful', 'succeeded', 'completed', 'done', '200', '201') THEN 'succeeded'
    WHEN lower(native_state) IN ('partially_succeeded', 'partially_successful') THEN 'partially_succeeded'
    WHEN lower(native_state) IN ('running', 'processing', 'in_progress') THEN 'running'
    WHEN lower(native_state) IN ('queued', 'submitted', 'open', '202', '204') THEN 'pending'
    WHEN lower(native_state) IN ('failed', 'error', 'timedout', '422') THEN 'failed'
    WHEN (body->>'finished')::BOOLEAN AND (body->>'failed')::BIGINT > 0 THEN 'partially_succeeded'
    WHEN (body->>'finished')::BOOLEAN THEN 'succeeded'
    ELSE 'unknown'
  END AS state,
  native_state,
  coalesce(body->>'msg', inside->>'$.status_map.error_message', body->>'message') AS message,
  try_cast(inside->>'progress' AS DOUBLE) / 100 AS progress,
  try_cast(coalesce(body->>'total', body->>'$.result.records.total') AS BIGINT) AS total,
  try_cast(coalesce(body->>'completed', body->>'$.result.records.succeeded', body->>'$.result.created_term_count')
           AS BIGINT) AS succeeded,
  try_cast(coalesce(body->>'failed', body->>'$.result.records.failed') AS BIGINT) AS failed,
  try_cast(body->>'pending' AS BIGINT) AS pending,
  try_cast(coalesce(body->>'submittedAt', body->>'ts_created') AS TIMESTAMPTZ) AS submitted_at,
  try_cast(coalesce(timing.at, body->>'ts_completed') AS TIMESTAMPTZ) AS finished_at,
  received_at,
  try_cast(timing.seconds AS DOUBLE) AS duration_seconds,
  http_status,
  coalesce(body->>'errorNum', result->>'code', body->>'code', body->>'$.data[0].attributes.code',
           body->>'statusCode') AS error_code,
  coalesce(body->>'errorMessage', result->>'detail', body->>'detail', inside->>'$.status_map.error_message',
           CASE WHEN http_status >= 400 THEN body->>'message' END) AS error_message,
  coalesce(result, inside->'job_response_str', body->'$.data.attributes.payload', body->'results') AS result_json,
  '{log}' AS source,
  line
FROM words
ORDER BY line
) TO '{out}' (FORMAT parquet, COMPRESSION zstd);
