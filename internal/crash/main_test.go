// Package crash is tests alone: what happens when the program is killed at any moment, and when the disk is full. The
// test binary runs itself again as the process that is to be killed.
package crash

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"plumbline/internal/cli"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

const roleVar = "PLUMBLINE_CRASH_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVar) {
	case "writer":
		os.Exit(writer())
	case "program":
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	case "small":
		os.Exit(smallDisk())
	}
	os.Exit(m.Run())
}

// rounds is how often a test kills: n, or what `make torture` asks for.
func rounds(n int) int {
	if more, err := strconv.Atoi(os.Getenv("PLUMBLINE_TORTURE")); err == nil && more > 0 {
		return more
	}
	return n
}

// place is a database that outlives the processes that use it.
type place struct {
	t        *testing.T
	dir, url string
	random   *rand.Rand
}

// eachPlace runs the test on an empty place of both kinds.
func eachPlace(t *testing.T, test func(p *place)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			p := &place{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 7))}
			if kind == "postgres" {
				p.url = storetest.PostgresURL(t)
			}
			test(p)
		})
	}
}

// command is this test binary in one of its other roles, at this place.
func (p *place) command(role string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), roleVar+"="+role, "PLUMBLINE_DATA="+p.dir, "PLUMBLINE_DATABASE_URL="+p.url)
	cmd.Stderr = os.Stderr
	return cmd
}

// killSoon kills the process, without any warning, at a random moment of the span.
func (p *place) killSoon(cmd *exec.Cmd, span time.Duration) {
	wait := time.Duration(p.random.Int64N(int64(span)))
	time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
}

// open opens the place from here; the caller closes it.
func (p *place) open() *store.DB {
	p.t.Helper()
	db, err := store.Open(store.Config{Dir: p.dir, URL: p.url})
	if err != nil {
		p.t.Fatal(err)
	}
	return db
}
