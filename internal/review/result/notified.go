package result

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
)

// Led gives the address of an issued notification to whoever is in its range, or NotFound.
func (s *Service) Led(ctx context.Context, actor authz.Actor, id int64) (string, error) {
	l, err := letterByID(ctx, s.db, id)
	if err != nil {
		return "", err
	}
	if l.Kind != Notification || l.State != LetterIssued {
		return "", fault.Missing()
	}
	if _, err := s.Notification(ctx, actor, l.Cycle, id); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s?letter=%d", l.Path(), id), nil
}

// Notified gives the newest notifications that reach an actor without managing them, at most so many: of the convenors
// at or above the actor's own units.
func (s *Service) Notified(ctx context.Context, actor authz.Actor, most int) ([]NotificationView, error) {
	var above []string
	var args []any
	seen := map[string]bool{}
	for _, g := range actor.Grants {
		for _, id := range strings.Split(strings.Trim(g.Unit.Path, "/"), "/") {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil && !seen[id] {
				seen[id] = true
				args = append(args, n)
				above = append(above, "$"+strconv.Itoa(len(args)))
			}
		}
	}
	if len(above) == 0 {
		return nil, nil
	}
	list, err := s.lettersWhere(ctx, fmt.Sprintf(`l.kind = 'notification' AND l.state = 'issued' AND l.convenor_id IN (%s) ORDER BY l.issued_at DESC, l.id DESC LIMIT %d`, strings.Join(above, ", "), 4*most), args)
	out, told := []NotificationView{}, map[int64]bool{}
	for _, l := range list {
		if len(out) == most || told[l.Cycle] {
			continue
		}
		told[l.Cycle] = true
		v, err := s.Notification(ctx, actor, l.Cycle, l.ID)
		if fault.KindOf(err) == fault.NotFound || v.Manages {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, err
}
