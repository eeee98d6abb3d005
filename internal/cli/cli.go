// Package cli is the command line: one file a command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"plumbline/internal/app"
	"plumbline/internal/fault"
)

// Root is every command.
type Root struct {
	Demo    DemoCmd    `cmd:"" help:"Serve a fictional city, to look around in."`
	Serve   ServeCmd   `cmd:"" help:"Serve the pages."`
	Migrate MigrateCmd `cmd:"" help:"Bring the database up to date and stop."`
	User    UserCmd    `cmd:"" help:"Look after accounts."`
	Import  ImportCmd  `cmd:"" help:"Read tables of units, people or accounts; where anything is wrong, all of it is said and nothing is changed."`
	Ledger  LedgerCmd  `cmd:"" help:"List, check and draw the ledgers; take their matters in and out."`
	Audit   AuditCmd   `cmd:"" help:"Check the log, or sign a checkpoint of it."`
	Backup  BackupCmd  `cmd:"" help:"Write the whole database and every file into one archive."`
	Restore RestoreCmd `cmd:"" help:"Read a backup into an empty database."`
	Score   ScoreCmd   `cmd:"" help:"Score a file of ballots by a plan, from files alone."`
	Analyse AnalyseCmd `cmd:"" help:"Tell of a file of events who passes matters on, from the file alone."`
}

// Where is what every command that opens the database is told.
type Where struct {
	Data        string `help:"Data directory." default:"plumbline-data" env:"PLUMBLINE_DATA" type:"path"`
	DatabaseURL string `name:"database-url" help:"PostgreSQL server to use instead of the embedded database." env:"PLUMBLINE_DATABASE_URL"`
}

// there says whether the place names a database that exists: only serve, demo and restore make a new one, so that a
// mistyped directory is noticed. A PostgreSQL server says itself that it knows no such database.
func (w Where) there() error {
	if w.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(w.Data, "plumbline.db")); err != nil {
		return mistaken("cli.no_database", "Data", w.Data)
	}
	return nil
}

// open opens the program on a database that holds our tables already, and brings them up to date.
func (w Where) open(ctx context.Context) (*app.App, error) {
	db, err := openExisting(w)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return app.Open(ctx, w.config())
}

func (w Where) config() app.Config { return app.Config{Data: w.Data, DatabaseURL: w.DatabaseURL} }

// IO is where a command reads and writes, and until when it may work.
type IO struct {
	Ctx context.Context
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// Lang is the language asked for with --lang, else that of the terminal.
	Lang string
}

// exit is an error that has been told already; its number is the exit status.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Main runs one command and gives the exit status: 0 done, 1 it failed, 2 it was called wrongly or given bad input.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewTextHandler(errOut, nil)))
	var root Root
	lang := language(os.Getenv)
	left := -1
	parser, err := kong.New(&root, kong.Name("plumbline"), kong.Description("Plumbline runs the yearly review of a layered organisation, from plan to verified fix."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { left = code }), kong.UsageOnError(), kong.Vars{"lang": lang})
	if err != nil {
		fmt.Fprintln(errOut, "plumbline:", err)
		return 1
	}
	call, err := parser.Parse(args)
	if left >= 0 {
		return left
	}
	if err != nil {
		fmt.Fprintln(errOut, "plumbline:", err)
		return 2
	}
	for _, f := range call.Flags() { // where --lang is about an account or a city, its tag says so
		if asked, ok := call.FlagValue(f).(string); ok && f.Name == "lang" && !f.Tag.Has("about") {
			lang = asked
		}
	}
	term := &IO{ctx, in, out, errOut, lang}
	return term.status(call.Run(term))
}

// status tells an error that nobody told yet, and gives the exit status.
func (io *IO) status(err error) int {
	var told exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &told):
		return int(told)
	}
	fmt.Fprintln(io.Err, "plumbline:", inOneLine(io.said(err)))
	if fault.KindOf(err) == fault.Invalid {
		return 2
	}
	return 1
}

// inOneLine keeps errors of several lines (a driver's, joined ones) from breaking the one line that is promised.
func inOneLine(said string) string {
	lines := strings.FieldsFunc(said, func(r rune) bool { return r == '\n' || r == '\t' })
	return strings.Join(slices.Compact(lines), " ")
}
