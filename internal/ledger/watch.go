package ledger

import (
	"context"
	"fmt"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// QueueFollowed is what the actor follows. It waits for nobody, and so is none of Queues.
const QueueFollowed = "followed"

// The kinds of notices about what others did. NoticeStep is followed by the id of the step that moved a matter on; both
// carry the name of whoever did it as their note.
const (
	NoticeMention = "mention"
	NoticeStep    = "step."
)

// Follow makes the actor follow a matter that the actor may read, or stop: who follows is told when its state changes.
// Those who register a matter by hand, who ask for it, and who are named in what is said of it follow by themselves;
// whoever stopped is not made to follow again by any of these.
func (s *Service) Follow(ctx context.Context, actor authz.Actor, id int64, follows bool) error {
	m, err := s.Find(ctx, actor, id)
	if err != nil {
		return err
	}
	what := "follow"
	if !follows {
		what = "unfollow"
	}
	return s.gate.Do(ctx, actor, authz.OwnAccount, gate.Subject{Kind: "account", ID: actor.Account}, func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `INSERT INTO matter_watch (account_id, matter_id, follows, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account_id, matter_id) DO UPDATE SET follows = $3, at = $4`, actor.Account, id, flag(follows), tx.Now)
		return audit.Detail{Note: map[string]string{"what": what, "number": m.Number}}, err
	})
}

// Follows says whether the actor follows a matter.
func (s *Service) Follows(ctx context.Context, actor authz.Actor, id int64) (bool, error) {
	var n int
	err := s.db.QueryRow(ctx, `SELECT COUNT(*) FROM matter_watch WHERE account_id = $1 AND matter_id = $2 AND follows = 1`, actor.Account, id).Scan(&n)
	return n > 0, err
}

// follow makes accounts follow a matter by themselves, unless they have stopped before; 0 is no account.
func follow(ctx context.Context, tx *store.Tx, matter int64, accounts ...int64) error {
	for _, account := range distinct(accounts) {
		_, err := tx.Exec(ctx, `INSERT INTO matter_watch (account_id, matter_id, follows, at) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING`, account, matter, tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}

// tellFollowers tells those who follow a matter, and may still read it, of a step that moved it on: all but the actor, in
// one statement of the step's own transaction.
func (s *Service) tellFollowers(ctx context.Context, tx *store.Tx, actor authz.Actor, m Matter, step string) error {
	w := &where{}
	w.add("w.matter_id = ? AND w.follows = 1 AND w.account_id <> ?", m.ID, actor.Account)
	may := s.reading(w, m)
	w.args = append(w.args, NoticeStep+step, actor.Name, tx.Now)
	n := len(w.args)
	_, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO notice (account_id, matter_id, kind, level, due_on, note, at, read_at)
		SELECT w.account_id, w.matter_id, CAST($%d AS TEXT), 0, '', CAST($%d AS TEXT), CAST($%d AS BIGINT), 0 FROM matter_watch w WHERE %s AND EXISTS (SELECT 1 FROM role_grant g
		JOIN account a ON a.id = g.account_id WHERE g.account_id = w.account_id AND a.disabled = 0 AND %s)`, n-2, n-1, n, w, may), w.args...)
	return err
}

// reading is the condition on a grant "g" that it lets its account read a matter, its arguments joined to those of w:
// mayRead in SQL.
func (s *Service) reading(w *where, m Matter) string {
	policy := s.gate.Policy()
	at, above := []int64{}, []int64{}
	for _, u := range []authz.Unit{m.Owner, m.Convenor, m.Requester} {
		if u.ID != 0 {
			at, above = append(at, u.ID), append(above, org.PathIDs(u.Path)...)
		}
	}
	x := &where{args: w.args}
	var ways []string
	grant := func(units []int64, roles []string) {
		if len(roles) == 0 {
			return
		}
		x.conds = nil
		in(x, "g.unit_id", units)
		inTexts(x, "g.role", roles)
		ways = append(ways, "("+x.String()+")")
	}
	grant(append(distinct(above), 0), policy.RolesWith(authz.Read, authz.Below)) // a role held at 0 is held above every root
	grant(distinct(at), policy.RolesWith(authz.Read, authz.Here))
	w.args = x.args
	if len(ways) == 0 {
		return "1=0"
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}
