// Command pgping says by its exit status whether the PostgreSQL server of the tests lets us make databases.
package main

import (
	"context"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable")
	if err != nil {
		os.Exit(1)
	}
	defer func() { _ = conn.Close(ctx) }()
	var may bool
	if err := conn.QueryRow(ctx, `SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user`).Scan(&may); err != nil || !may {
		os.Exit(1)
	}
}
