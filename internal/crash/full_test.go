package crash

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// A full database is said in the reader's language, what was typed is shown again, nothing acknowledged is lost,
// reading goes on, and writing goes on as soon as there is room: even the very same form.
func TestFullDisk(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		h.AddUnits("C1 - city 甲市")
		b := h.As("auditor", "auditor@C1")
		free := fillUp(h)
		before, err := audit.Size(ctx, h.DB)
		if err != nil {
			h.T.Fatal(err)
		}
		const typed = "这是一段不短的话，磁盘已满时也不能丢失，请在页面上原样显示出来"
		for lang, sentence := range map[string]string{"zh": "服务器磁盘已满，未作任何改动，内容没有丢失", "en": "disk is full. Nothing was changed and nothing is lost"} {
			b.Lang = lang
			res := b.Must(http.StatusServiceUnavailable, b.Post("/account/language", "lang", lang, "_once", "full-form", "note", typed))
			if !strings.Contains(res.Body, sentence) || !strings.Contains(res.Body, typed) {
				h.T.Errorf("%s: %s", lang, apptest.Text(res.Body))
			}
			b.Must(http.StatusOK, b.Get("/audit"))
			b.Must(http.StatusOK, b.Get("/healthz"))
		}
		if n, err := audit.Size(ctx, h.DB); err != nil || n != before {
			h.T.Errorf("the log went from %d to %d entries, %v", before, n, err)
		}
		free()
		b.Must(http.StatusSeeOther, b.Post("/account/language", "lang", "en", "_once", "full-form", "note", typed))
		if tree, err := audit.Verify(ctx, h.DB, nil); err != nil || tree.Size != before+1 {
			h.T.Errorf("afterwards: %v, %v", tree, err)
		}
	})
}

// fillUp lets the database grow no more: the embedded one by its own limit of pages, PostgreSQL by answering as a
// server with a full disk does. free takes it back.
func fillUp(h *apptest.House) (free func()) {
	h.T.Helper()
	ctx := context.Background()
	run := func(stmts ...string) {
		h.T.Helper()
		err := h.DB.Write(ctx, func(tx *store.Tx) error {
			for _, stmt := range stmts {
				if _, err := tx.Exec(ctx, stmt); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			h.T.Fatal(err)
		}
	}
	if h.DB.Dialect == store.Postgres {
		run(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
			$f$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $f$`,
			`CREATE TRIGGER no_room BEFORE INSERT ON audit_hash FOR EACH ROW EXECUTE FUNCTION no_room()`)
		return func() { run(`DROP TRIGGER no_room ON audit_hash`) }
	}
	var pages int
	if err := h.DB.QueryRow(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
		h.T.Fatal(err)
	}
	// The last page of a table has still room for some rows: ever smaller writes fill that too.
	run(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
	for size := 1000; size > 0; size /= 10 {
		for i := 0; ; i++ {
			err := h.Gate.Do(gate.Once(ctx, fmt.Sprintf("filling-%d-%d", size, i)), authz.System(), authz.OrgEdit, gate.Subject{Kind: "unit", ID: 1},
				func(*store.Tx) (audit.Detail, error) {
					return audit.Detail{Note: map[string]string{"why": strings.Repeat("x", size)}}, nil
				})
			if fault.KindOf(err) == fault.Unavailable {
				break
			}
			if err != nil || i > 10000 {
				h.T.Fatalf("it does not become full: %v", err)
			}
		}
	}
	return func() { run(`PRAGMA max_page_count = 1073741823`) }
}

// A disk on which files can't grow any more: the database, files and archives all say so in the same way, and what was
// written before can be read. The process runs under the kernel's own limit.
func TestFilesCannotGrow(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	cmd := p.command("small")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v after %q", err, said)
	}
	want := []string{"written", "file: fault.disk_full", "write: fault.disk_full", "read on", "backup: fault.disk_full", "written again"}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", said, want)
	}
	db := p.open()
	defer db.Close()
	if tree, err := audit.Verify(context.Background(), db, nil); err != nil || tree.Size < 2 {
		t.Errorf("afterwards: %v, %v", tree, err)
	}
	left := 0
	if err := db.Blobs.Each(func(string) error { left++; return nil }); err != nil || left != 1 {
		t.Errorf("%d files, %v", left, err)
	}
}

func smallDisk() int {
	signal.Ignore(syscall.SIGXFSZ)
	if err := onSmallDisk(); err != nil {
		fmt.Println("unexpected:", err)
		return 1
	}
	return 0
}

func onSmallDisk() error {
	ctx := context.Background()
	db, err := store.Open(store.Config{Dir: os.Getenv("PLUMBLINE_DATA")})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	policy, _ := authz.NewPolicy(nil)
	g := gate.New(db, policy)
	write := func() error {
		return g.Do(ctx, authz.System(), authz.OrgEdit, gate.Subject{Kind: "unit", ID: 1}, func(*store.Tx) (audit.Detail, error) {
			return audit.Detail{Note: map[string]string{"why": strings.Repeat("一", 5000)}}, nil
		})
	}
	if err := write(); err != nil {
		return err
	}
	fmt.Println("written")
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 19, Max: old.Max}); err != nil {
		return err
	}
	_, _, err = db.Blobs.Put(bytes.NewReader(make([]byte, 1<<20)), 1<<21)
	fmt.Println("file:", keyOf(err))
	for err = nil; err == nil; {
		err = write()
	}
	fmt.Println("write:", keyOf(err))
	if tree, err := audit.Verify(ctx, db, nil); err != nil || tree.Size < 1 {
		return fmt.Errorf("reading: %v %w", tree, err)
	}
	fmt.Println("read on")
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	fmt.Println("backup:", keyOf(db.Dump(ctx, full, nil)))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	if _, _, err := db.Blobs.Put(strings.NewReader("evidence"), 100); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	fmt.Println("written again")
	return nil
}

func keyOf(err error) string {
	if f := fault.As(err); f != nil {
		return f.Key
	}
	return fmt.Sprint("no fault: ", err)
}
