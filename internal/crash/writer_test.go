package crash

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/store"
)

// scribe writes through the gate and says on its first stream what it tries and what was acknowledged.
type scribe struct {
	db *store.DB
	g  *gate.Gate
}

// writer sends again what the process before it left in doubt (one token a line on the input), then writes until it is
// killed.
func writer() int {
	ctx := context.Background()
	db, err := store.Open(store.Config{Dir: os.Getenv("PLUMBLINE_DATA"), URL: os.Getenv("PLUMBLINE_DATABASE_URL")})
	if err == nil {
		_, err = db.Migrate(ctx)
	}
	if err == nil {
		err = db.Write(ctx, func(tx *store.Tx) error { return audit.MakeKey(ctx, tx) })
	}
	fmt.Fprintln(os.Stdout, "ready")
	policy, _ := authz.NewPolicy(nil)
	s := &scribe{db, gate.New(db, policy)}
	again := bufio.NewScanner(os.Stdin)
	for err == nil && again.Scan() {
		err = s.write(ctx, again.Text())
	}
	var all sync.WaitGroup
	for hand := range 4 {
		all.Go(func() {
			for i := 0; err == nil; i++ {
				if werr := s.write(ctx, fmt.Sprintf("%d-%d-%d", os.Getpid(), hand, i)); werr != nil {
					fmt.Fprintln(os.Stderr, "writer:", werr)
					os.Exit(3)
				}
			}
		})
	}
	all.Wait()
	fmt.Fprintln(os.Stderr, "writer:", err)
	return 3
}

// write carries one token out, once: a job in the queue, now and then a file.
func (s *scribe) write(ctx context.Context, token string) error {
	fmt.Fprintln(os.Stdout, "try", token)
	payload := token
	if strings.HasSuffix(token, "3") {
		hash, _, err := s.db.Blobs.Put(strings.NewReader("evidence of "+token), 1000)
		if err != nil {
			return err
		}
		payload += " " + hash
	}
	err := s.g.Do(gate.Once(ctx, token), authz.System(), authz.OrgEdit, gate.Subject{Kind: "job"}, func(tx *store.Tx) (d audit.Detail, err error) {
		d.ID, err = job.Enqueue(ctx, tx, "crash", payload, 0)
		d.Changes = []audit.Change{{Field: "payload", To: payload}}
		return d, err
	})
	if err != nil && fault.KindOf(err) != fault.Repeated {
		return err
	}
	fmt.Fprintln(os.Stdout, "ok", token)
	return nil
}
