package cli

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/wording"
)

// TestMain lets the test binary be the program, and the few helpers that scripts need beside it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"plumbline":   func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"tamper":      func() { onDatabase(tamper) },
		"fill":        func() { onDatabase(fill) },
		"fill-table":  func() { fillTable(os.Args[1], os.Args[2]) },
		"newdatabase": func() { onDatabase(prepare) },
		"publish":     func() { publishCopy(os.Args[1]) },
	})
}

// TestScripts runs the program as a person at a terminal would; see testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": exits, "serve": serve, "get": get, "stop": stop, "oneline": oneLine, "cut": cut, "keep": keep, "said": said, "empty": empty, "svg": drawing,
			"newpostgres": func(ts *testscript.TestScript, _ bool, args []string) { ts.Setenv(args[0], storetest.PostgresURL(t)) },
		},
	})
}

// onDatabase runs a helper on the database that its first argument names: a directory or an address.
func onDatabase(helper func(ctx context.Context, db *store.DB, args []string) error) {
	cfg := store.Config{Dir: os.Args[1]}
	if strings.Contains(os.Args[1], "://") {
		cfg = store.Config{Dir: os.TempDir(), URL: os.Args[1]}
	}
	db, err := store.Open(cfg)
	if err == nil {
		err = helper(context.Background(), db, os.Args[2:])
		_ = db.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// fillTable writes a table of new units: fill-table FILE COUNT.
func fillTable(file, count string) {
	n, err := strconv.Atoi(count)
	rows := "code,parent_code,kind,name\n"
	for i := range n {
		rows += fmt.Sprintf("n%d,c,county,县%d\n", i, i)
	}
	if err := errors.Join(err, os.WriteFile(file, []byte(rows), 0o600)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// prepare makes the tables of a new database: newdatabase DATABASE.
func prepare(ctx context.Context, db *store.DB, _ []string) error {
	_, err := db.Migrate(ctx)
	return err
}

// publishCopy puts a copy of the pledge ledger in force, as an administrator does in the browser: publish DIRECTORY.
func publishCopy(dir string) {
	ctx := context.Background()
	a, err := Where{Data: dir}.open(ctx)
	if err == nil {
		admin := authz.System()
		id, failed := a.Rooms.Ledgers.CopyType(ctx, admin, "promise", ledger.CopyIn{Name: wording.Text{"zh": "督查台账", "en": "Inspection cases"}, One: wording.Text{"zh": "督查件", "en": "Case"}, Prefix: "DUC"})
		if failed == nil {
			_, _, failed = a.Rooms.Ledgers.Publish(ctx, admin, id, ledger.PublishIn{Version: 1})
		}
		err = errors.Join(failed, a.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// empty makes a database without tables: empty DIRECTORY.
func empty(ts *testscript.TestScript, _ bool, args []string) {
	db, err := store.Open(store.Config{Dir: ts.MkAbs(args[0])})
	ts.Check(err)
	ts.Check(db.Close())
}

// spoken holds what served programs said after their address, by process, each as soon as it has ended.
var spoken sync.Map

// said checks what the stopped program had said: said TEXT.
func said(ts *testscript.TestScript, _ bool, args []string) {
	rest, _ := spoken.Load(ts.Getenv("PID"))
	if text := <-rest.(chan string); !strings.Contains(text, args[0]) {
		ts.Fatalf("the program did not say %q but %q", args[0], text)
	}
}

// tamper changes the database behind the program's back: tamper DATABASE STATEMENT.
func tamper(ctx context.Context, db *store.DB, args []string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		res, err := tx.Exec(ctx, args[0])
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("nothing was changed (%v)", err)
		}
		return nil
	})
}

// fill makes people through the gate, each with its entry in the log, and a file: fill DATABASE COUNT [LETTER].
func fill(ctx context.Context, db *store.DB, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	letter := append(args, "p")[1]
	if err := db.Write(ctx, func(tx *store.Tx) error { return audit.MakeKey(ctx, tx) }); err != nil {
		return err
	}
	if _, _, err := db.Blobs.Put(strings.NewReader("evidence"), 100); err != nil {
		return err
	}
	policy, err := authz.NewPolicy(nil)
	if err != nil {
		return err
	}
	g := gate.New(db, policy)
	for i := range n {
		err := g.Do(ctx, authz.System(), authz.OrgEdit, gate.Subject{Kind: "person"}, func(tx *store.Tx) (d audit.Detail, err error) {
			d.ID, err = tx.Insert(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ($1, $1, '', 1) RETURNING id`, fmt.Sprint(letter, i))
			d.Changes = []audit.Change{{Field: "name", To: fmt.Sprint(letter, i)}}
			return d, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// exits runs a command that must end with the status: exits STATUS COMMAND ARGUMENTS….
func exits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit status %d, not %s", code, args[0])
	}
}

// serve starts the program in the background and waits until it answers; $URL is then its address.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	self, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(self, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Args[0] = "plumbline"
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "PLUMBLINE_DATA=", "PLUMBLINE_DATABASE_URL=")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	said := bufio.NewScanner(out)
	for said.Scan() {
		if _, url, ok := strings.Cut(said.Text(), "answers at "); ok {
			ts.Setenv("URL", url)
			ts.Setenv("PID", strconv.Itoa(cmd.Process.Pid))
			rest := make(chan string, 1)
			spoken.Store(strconv.Itoa(cmd.Process.Pid), rest)
			go func() {
				var text strings.Builder
				for said.Scan() {
					text.WriteString(said.Text() + "\n")
				}
				rest <- text.String()
			}()
			return
		}
	}
	ts.Fatalf("the program did not say where it answers: %v", said.Err())
}

// stop asks the served program to end and waits until it is gone.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	pid, err := strconv.Atoi(ts.Getenv("PID"))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, syscall.SIGTERM))
	client := http.Client{Timeout: time.Second}
	for range 200 {
		res, err := client.Get(ts.Getenv("URL") + "/healthz")
		if err != nil {
			return
		}
		_ = res.Body.Close()
	}
	ts.Fatalf("the program goes on answering")
}

// get fetches a page of the served program: get STATUS PATH [WORD…]; every word must be in the answer.
func get(ts *testscript.TestScript, neg bool, args []string) {
	client := http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(ts.Getenv("URL") + args[1])
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if strconv.Itoa(res.StatusCode) != args[0] {
		ts.Fatalf("%s answers %d: %s", args[1], res.StatusCode, body)
	}
	for _, word := range args[2:] {
		if !strings.Contains(string(body), word) {
			ts.Fatalf("%s does not say %q: %s", args[1], word, body)
		}
	}
}

// oneLine checks that the last command said exactly one line on its second stream.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	said := ts.ReadFile("stderr")
	if strings.Count(said, "\n") != 1 || !strings.HasSuffix(said, "\n") {
		ts.Fatalf("not one line: %q", said)
	}
}

// drawing checks that a file is one whole SVG: svg FILE.
func drawing(ts *testscript.TestScript, neg bool, args []string) {
	dec := xml.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	var first xml.Name
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		ts.Check(err)
		if start, ok := tok.(xml.StartElement); ok && first.Local == "" {
			first = start.Name
		}
	}
	if first.Local != "svg" || first.Space != "http://www.w3.org/2000/svg" {
		ts.Fatalf("%s is no SVG but %q of %q", args[0], first.Local, first.Space)
	}
}

// cut copies the first N bytes of a file: cut N FROM TO.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs("."), args[2]), []byte(text[:n]), 0o600))
}

// keep puts the key that "audit checkpoint" told on its second stream into a variable: keep NAME.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	_, key, _ := strings.Cut(strings.TrimSpace(ts.ReadFile("stderr")), "Key: ")
	ts.Setenv(args[0], key)
}
