package crash

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/store"
)

// Killed at any moment, even while the tables are being made: every acknowledged write is there, none is there twice,
// what was in doubt can be sent again, files are whole, and the log verifies.
func TestKilledWhileWriting(t *testing.T) {
	eachPlace(t, func(p *place) {
		l := &ledger{acked: map[string]bool{}, doubt: map[string]bool{}, tried: map[string]bool{}}
		n := rounds(40)
		for round := range n {
			// The first rounds kill while the tables are made; the others begin to count when the writer is ready, so that a
			// busy machine makes the test slower and not weaker.
			l.run(p, time.Duration(50+round%8*60)*time.Millisecond, round < 3)
			if round >= 3 {
				l.check(p)
			}
		}
		if len(l.acked) < 5*n {
			p.t.Errorf("only %d writes in %d rounds: the test proves little", len(l.acked), n)
		}
		p.t.Logf("%d rounds, %d writes acknowledged, %d tried", n, len(l.acked), len(l.tried))
	})
}

// ledger is what the writers said.
type ledger struct{ acked, doubt, tried map[string]bool }

// run lets a writer send again what is in doubt and write on, and kills it: at once within the span, or within the span
// after it said that it is ready.
func (l *ledger) run(p *place, span time.Duration, atOnce bool) {
	p.t.Helper()
	cmd := p.command("writer")
	var again strings.Builder
	for token := range l.doubt {
		again.WriteString(token + "\n")
	}
	cmd.Stdin = strings.NewReader(again.String())
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if atOnce {
		p.killSoon(cmd, span)
	}
	said := bufio.NewReader(out)
	for {
		line, err := said.ReadString('\n')
		if err != nil {
			break // a line that was cut off says nothing
		}
		verb, token, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if verb == "ready" {
			if !atOnce {
				p.killSoon(cmd, span+100*time.Millisecond)
			}
			continue
		}
		if verb == "ok" {
			l.acked[token] = true
			delete(l.doubt, token)
		} else {
			l.tried[token], l.doubt[token] = true, true
		}
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != -1 {
		p.t.Fatalf("the writer ended by itself with status %d", code)
	}
}

// check compares what was said with what is there, in one view: the server may still carry out what the writer sent
// last.
func (l *ledger) check(p *place) {
	p.t.Helper()
	ctx, db := context.Background(), p.open()
	defer db.Close()
	there, rows, once := map[string]int{}, 0, 0
	var tree audit.Tree
	err := db.Snapshot(ctx, func(r store.Reader) (err error) {
		if tree, err = audit.Verify(ctx, r, nil); err != nil {
			return err
		}
		if err := r.QueryRow(ctx, `SELECT COUNT(*) FROM once`).Scan(&once); err != nil {
			return err
		}
		return store.Each(ctx, r, `SELECT payload FROM job`, nil, func(row *sql.Rows) error {
			var payload string
			err := row.Scan(&payload)
			token, hash, filed := strings.Cut(payload, " ")
			there[token]++
			rows++
			if filed {
				l.readFile(p, db, token, hash)
			}
			return err
		})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for token, n := range there {
		if n != 1 || !l.tried[token] {
			p.t.Errorf("%s is there %d times (tried: %v)", token, n, l.tried[token])
		}
	}
	for token := range l.acked {
		if there[token] == 0 {
			p.t.Errorf("%s was acknowledged and is lost", token)
		}
	}
	if once != rows || int64(rows) != tree.Size {
		p.t.Errorf("%d writes, %d tokens, %d entries in the log", rows, once, tree.Size)
	}
	if p.t.Failed() {
		p.t.FailNow()
	}
}

func (l *ledger) readFile(p *place, db *store.DB, token, hash string) {
	f, err := db.Blobs.Open(hash)
	if err != nil {
		p.t.Errorf("the file of %s: %v", token, err)
		return
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if sum := sha256.Sum256(text); err != nil || hex.EncodeToString(sum[:]) != hash {
		p.t.Errorf("the file of %s is damaged: %q %v", token, text, err)
	}
}

// A restore that was killed leaves an empty database behind, or the whole one; it can then be done again. A backup that
// was killed leaves no file under the name that it was to have.
func TestKilledWhileRestoring(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "b.plumbline")
	from := &place{t: t, dir: t.TempDir()}
	write := from.command("writer")
	out, err := write.StdoutPipe()
	if err == nil {
		err = write.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for n := 0; n < 600 && said.Scan(); n++ {
	}
	_ = write.Process.Kill()
	_ = write.Wait()
	if err := from.command("program", "backup", archive).Run(); err != nil {
		t.Fatal(err)
	}
	eachPlace(t, func(p *place) {
		for range rounds(10) {
			cmd := p.command("program", "restore", archive)
			cmd.Stderr = io.Discard
			if err := cmd.Start(); err != nil {
				p.t.Fatal(err)
			}
			p.killSoon(cmd, 300*time.Millisecond)
			_ = cmd.Wait()
		}
		cmd := p.command("program", "restore", archive)
		cmd.Stderr = io.Discard
		_ = cmd.Run() // refused where one of those before had come to its end
		db := p.open()
		defer db.Close()
		tree, err := audit.Verify(context.Background(), db, nil)
		if err != nil || tree.Size < 100 {
			p.t.Errorf("%d entries, %v", tree.Size, err)
		}
		name := filepath.Join(p.dir, "again.plumbline")
		backup := p.command("program", "backup", name)
		if err := backup.Start(); err != nil {
			p.t.Fatal(err)
		}
		p.killSoon(backup, 40*time.Millisecond)
		if backup.Wait() == nil {
			return // it was quicker
		}
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			p.t.Errorf("half a backup stands under its full name: %v", err)
		}
	})
}
