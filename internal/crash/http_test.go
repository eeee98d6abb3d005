package crash

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/store"
)

// Killed while forms arrive: every form that was answered counts once, sending it again changes nothing, and whoever
// was signed in still is.
func TestKilledWhileServing(t *testing.T) {
	eachPlace(t, func(p *place) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			p.t.Fatal(err)
		}
		s := &sender{p: p, client: &http.Client{Jar: jar, Timeout: 20 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
		s.start()
		const password = "a long first password"
		if status := s.post(s.setup, "password", password, "repeat_password", password); status != http.StatusSeeOther {
			p.t.Fatalf("setting the password: %d", status)
		}
		before := s.own()
		acked, doubt, last := 0, "", ""
		for round := range rounds(10) {
			if round > 0 {
				s.start()
			}
			if doubt != "" { // in doubt: either answer is right, and afterwards it counts once
				s.must(doubt, http.StatusSeeOther, http.StatusConflict)
				acked++
			}
			if last != "" {
				s.must(last, http.StatusConflict)
			}
			p.killSoon(s.cmd, 300*time.Millisecond)
			for i := 0; ; i++ {
				doubt = fmt.Sprintf("%d-%d", round, i)
				if s.post("/account/language", "lang", []string{"zh", "en"}[i%2], "_once", doubt) != http.StatusSeeOther {
					break
				}
				last = doubt
				acked++
			}
			_ = s.cmd.Wait()
			if got := s.own() - before; got != acked && got != acked+1 {
				p.t.Fatalf("%d forms were answered, the log holds %d", acked, got)
			}
		}
		if acked < 10 {
			p.t.Errorf("only %d forms were answered: the test proves little", acked)
		}
	})
}

// sender is a browser and the program that it speaks to.
type sender struct {
	p      *place
	client *http.Client
	cmd    *exec.Cmd
	base   string
	setup  string // path of the first administrator's link
}

func (s *sender) start() {
	s.p.t.Helper()
	s.cmd = s.p.command("program", "serve", "--addr", "127.0.0.1:0")
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.p.t.Fatal(err)
	}
	s.p.t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	said := bufio.NewScanner(out)
	s.base = ""
	for said.Scan() {
		if _, base, ok := strings.Cut(said.Text(), "answers at "); ok {
			s.base = base
		}
		if _, path, ok := strings.Cut(said.Text(), "/setup/"); ok {
			s.setup = "/setup/" + path
			return
		}
		if s.base != "" && s.setup != "" {
			return
		}
	}
	s.p.t.Fatalf("the program said nothing: %v", said.Err())
}

// post sends a form and gives the status, 0 where no answer came.
func (s *sender) post(path string, pairs ...string) int {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res, err := s.client.PostForm(s.base+path, form)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func (s *sender) must(token string, statuses ...int) {
	s.p.t.Helper()
	got := s.post("/account/language", "lang", "zh", "_once", token)
	for _, status := range statuses {
		if got == status {
			return
		}
	}
	s.p.t.Fatalf("%s answered %d instead of %v", token, got, statuses)
}

// own verifies the log and counts what people changed about their own accounts.
func (s *sender) own() (n int) {
	s.p.t.Helper()
	ctx, db := context.Background(), s.p.open()
	defer db.Close()
	err := db.Snapshot(ctx, func(r store.Reader) error {
		if _, err := audit.Verify(ctx, r, nil); err != nil {
			return err
		}
		return r.QueryRow(ctx, `SELECT COUNT(*) FROM audit_entry WHERE action = 'account.own'`).Scan(&n)
	})
	if err != nil {
		s.p.t.Fatal(err)
	}
	return n
}
