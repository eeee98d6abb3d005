package meeting

import (
	"context"
	"database/sql"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Group is a group of the convenor, with how many of its members are not called yet.
type Group struct {
	ID   int64
	Name Name
	Left int
}

// Groups lists the groups of the convenor that exist at the meeting's date. It asks no scope.
func Groups(ctx context.Context, r store.Reader, m Meeting) ([]Group, error) {
	return store.List(ctx, r, `SELECT g.id, g.name, g.name_en, (SELECT COUNT(*) FROM group_member x WHERE x.group_id = g.id
			AND (x.from_date = '' OR x.from_date <= $2) AND (x.to_date = '' OR x.to_date > $2)
			AND NOT EXISTS (SELECT 1 FROM meeting_call c WHERE c.meeting_id = $3 AND c.person_id = x.person_id AND c.removed = 0))
		FROM org_group g WHERE g.unit_id = $1 AND (g.from_date = '' OR g.from_date <= $2) AND (g.to_date = '' OR g.to_date > $2) ORDER BY g.id`,
		[]any{m.Unit, m.Date, m.ID}, func(rows *sql.Rows) (g Group, err error) {
			err = rows.Scan(&g.ID, &g.Name.Zh, &g.Name.En, &g.Left)
			return g, err
		})
}

// CallGroup calls the members of a group of the convenor, all in one capacity and class; it says how many were added.
func (s *Service) CallGroup(ctx context.Context, actor authz.Actor, meeting, group int64, capacity Capacity, class string) (added int, err error) {
	m, err := ByID(ctx, s.db, meeting)
	if err != nil {
		return 0, err
	}
	var form fault.Form
	if err := s.checkCall(ctx, m, capacity, class, &form); err != nil {
		return 0, err
	}
	if err := form.Err(); err != nil {
		return 0, err
	}
	err = s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		added = 0
		people, err := store.List(ctx, tx, `SELECT x.person_id FROM group_member x JOIN org_group g ON g.id = x.group_id
			WHERE g.id = $1 AND g.unit_id = $2 AND (x.from_date = '' OR x.from_date <= $3) AND (x.to_date = '' OR x.to_date > $3) ORDER BY x.id`,
			[]any{group, m.Unit, m.Date}, func(rows *sql.Rows) (id int64, err error) {
				err = rows.Scan(&id)
				return id, err
			})
		if err != nil {
			return audit.Detail{}, err
		}
		for _, p := range people {
			ok, err := callTx(ctx, tx, m, Call{Person: p, Capacity: capacity, Class: class})
			if err != nil {
				return audit.Detail{}, err
			}
			if ok {
				added++
			}
		}
		d := note("called_group")
		d.Changes = []audit.Change{{Field: "group", To: key(group)}, {Field: "called", To: key(int64(added))}}
		return d, nil
	})
	return added, err
}
