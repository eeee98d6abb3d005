package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// The two databases hold the same tables after the same migrations: columns in order, kinds, what may be null, keys,
// indexes, uniqueness, references.
func TestBothSchemasAreTheSame(t *testing.T) {
	lite := describe(t, storetest.OpenSQLite(t, storetest.NewClock()))
	post := describe(t, storetest.OpenPostgres(t, storetest.NewClock()))
	if d := cmp.Diff(lite, post); d != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", d)
	}
	if len(lite["audit_entry"]) < 8 || !strings.Contains(strings.Join(lite["job"], "\n"), "index job_due (state, run_after)") {
		t.Errorf("too little was described: %v %v", lite["audit_entry"], lite["job"])
	}
}

// describe gives the lines of every table: columns in order, then keys, indexes and references by name.
func describe(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	tables, columns, indexes, references := liteTables, liteColumns, liteIndexes, liteReferences
	if db.Dialect == store.Postgres {
		tables, columns, indexes, references = postTables, postColumns, postIndexes, postReferences
	}
	out := map[string][]string{}
	for _, table := range lines(t, db, tables) {
		all := lines(t, db, columns, table)
		for i, c := range all {
			all[i] = kinds.Replace(c)
		}
		rest := append(lines(t, db, indexes, table), lines(t, db, references, table)...)
		sort.Strings(rest)
		out[table] = append(all, rest...)
	}
	return out
}

// kinds gives both databases' names of a kind one name. An integer key of SQLite is PostgreSQL's identity.
var kinds = strings.NewReplacer("integer identity", "BIGINT identity", "INTEGER identity", "BIGINT identity", "bigint", "BIGINT",
	"integer", "INTEGER", "smallint", "SMALLINT", "text", "TEXT", "bytea", "BLOB")

func lines(t *testing.T, db *store.DB, query string, args ...any) []string {
	t.Helper()
	out, err := store.List(context.Background(), db, query, args, func(rows *sql.Rows) (s string, err error) {
		err = rows.Scan(&s)
		return s, err
	})
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", query, err))
	}
	return out
}

const (
	liteTables = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_version'`

	liteColumns = `SELECT c.name || ' ' || c.type
		|| CASE WHEN c.pk = 1 AND c.type = 'INTEGER' AND (SELECT COUNT(*) FROM pragma_table_info($1) WHERE pk > 0) = 1 THEN ' identity' ELSE '' END
		|| CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END
		|| CASE WHEN c.dflt_value IS NOT NULL THEN ' default' ELSE '' END
		|| CASE WHEN c.pk > 0 THEN ' key ' || c.pk ELSE '' END
		FROM pragma_table_info($1) AS c ORDER BY c.cid`

	liteIndexes = `SELECT 'index ' || CASE i.origin WHEN 'c' THEN i.name ELSE 'rule' END || ' ('
		|| (SELECT group_concat(COALESCE(x.name, 'expression') || CASE x."desc" WHEN 1 THEN ' desc' ELSE '' END, ', ') FROM (
			SELECT * FROM pragma_index_xinfo(i.name) WHERE key = 1 ORDER BY seqno) AS x) || ')'
		|| CASE i."unique" WHEN 1 THEN ' unique' ELSE '' END || CASE i.partial WHEN 1 THEN ' partial' ELSE '' END
		FROM pragma_index_list($1) AS i WHERE i.origin <> 'pk'`

	liteReferences = `SELECT 'reference ' || "from" || ' to ' || "table" || '.' || COALESCE("to", 'id') FROM pragma_foreign_key_list($1)`

	postTables = `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname = current_schema() AND c.relname <> 'schema_version'`

	postColumns = `SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
		|| CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
		|| CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
		|| CASE WHEN a.atthasdef THEN ' default' ELSE '' END
		|| COALESCE(' key ' || array_position(k.conkey, a.attnum), '')
		FROM pg_attribute a LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)
		WHERE a.attrelid = CAST($1 AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

	postIndexes = `SELECT 'index ' || CASE WHEN EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) THEN 'rule' ELSE c.relname END || ' ('
		|| (SELECT string_agg(COALESCE(a.attname, 'expression') || CASE WHEN i.indoption[x.at - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY x.at)
			FROM unnest(i.indkey) WITH ORDINALITY AS x (num, at) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.num) || ')'
		|| CASE WHEN i.indisunique THEN ' unique' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST($1 AS regclass) AND NOT i.indisprimary`

	postReferences = `SELECT 'reference ' || a.attname || ' to ' || r.relname || '.' || b.attname
		FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid
		JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
		JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
		WHERE k.contype = 'f' AND k.conrelid = CAST($1 AS regclass)`
)
