package account

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Holding lists the accounts, in order, that may do act at the unit by the nearest right: one held at the unit itself,
// else one that reaches down from the unit closest above it. Accounts that are disabled are left out. It serves those
// who tell people what waits for them, and shows nothing of the accounts but their keys.
func (s *Service) Holding(ctx context.Context, r store.Reader, act authz.Action, at authz.Unit) ([]int64, error) {
	here, below := s.gate.Policy().RolesWith(act, authz.Here), s.gate.Policy().RolesWith(act, authz.Below)
	ids := append([]int64{0}, org.PathIDs(at.Path)...)
	roles := append(here, below...)
	if len(roles) == 0 || len(ids) == 1 {
		return nil, nil
	}
	marks, args := inList(nil, ids)
	names, args := inList(args, roles)
	reach := map[string]bool{}
	for _, role := range below {
		reach[role] = true
	}
	byUnit := map[int64][]int64{}
	err := store.Each(ctx, r, `SELECT DISTINCT g.account_id, g.role, g.unit_id FROM role_grant g JOIN account a ON a.id = g.account_id
		WHERE g.unit_id IN (`+marks+`) AND g.role IN (`+names+`) AND a.disabled = 0 ORDER BY g.account_id`, args, func(rows *sql.Rows) error {
		var account, unit int64
		var role string
		err := rows.Scan(&account, &role, &unit)
		if held := byUnit[unit]; (unit == at.ID || reach[role]) && (len(held) == 0 || held[len(held)-1] != account) {
			byUnit[unit] = append(held, account)
		}
		return err
	})
	for i := len(ids) - 1; i >= 0; i-- {
		if held := byUnit[ids[i]]; len(held) > 0 {
			return held, err
		}
	}
	return nil, err
}

// OfPeople lists the accounts of people that are not disabled, in order.
func (s *Service) OfPeople(ctx context.Context, r store.Reader, people []int64) ([]int64, error) {
	if len(people) == 0 {
		return nil, nil
	}
	marks, args := inList(nil, people)
	return store.List(ctx, r, `SELECT id FROM account WHERE person_id IN (`+marks+`) AND disabled = 0 ORDER BY id`, args,
		func(rows *sql.Rows) (id int64, err error) {
			err = rows.Scan(&id)
			return id, err
		})
}

// inList writes a list of arguments that follow those given.
func inList[T any](args []any, values []T) (string, []any) {
	marks := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	return strings.Join(marks, ", "), args
}
