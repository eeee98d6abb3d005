package meeting

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Draw is one drawing of lots. Digest is published when the draw is sealed; Secret, and the words that were called out
// in the hall, when it is drawn. Codes are the units' codes in the order drawn. DrawnAt is 0 until then.
type Draw struct {
	No       int
	Digest   string
	Secret   string
	Words    string
	Codes    []string
	Reason   string // why it was drawn once more; "" for the first
	SealedAt int64
	DrawnAt  int64
}

// Seed is what the lots are drawn with: the secret, and where words were called out a hyphen and the words.
func (d Draw) Seed() string {
	if d.Words == "" {
		return d.Secret
	}
	return d.Secret + "-" + d.Words
}

// Digest is what is published of a secret: its SHA-256 in hex. On any machine: printf '%s' "$SECRET" | sha256sum
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// drawStep is the step that a plan may have for the draw; drawing ticks it off.
const drawStep = "draw"

// Draws lists the draws of a meeting, the latest first; the secret of one that was not drawn yet is left out. It asks
// no scope: the order is public.
func Draws(ctx context.Context, r store.Reader, meeting int64) ([]Draw, error) {
	all, err := draws(ctx, r, meeting)
	for i := range all {
		if all[i].DrawnAt == 0 {
			all[i].Secret = ""
		}
	}
	return all, err
}

func draws(ctx context.Context, r store.Reader, meeting int64) ([]Draw, error) {
	return store.List(ctx, r, `SELECT no, digest, secret, words, codes, reason, sealed_at, drawn_at FROM meeting_draw
		WHERE meeting_id = $1 ORDER BY no DESC`, []any{meeting}, func(rows *sql.Rows) (d Draw, err error) {
		var codes string
		err = rows.Scan(&d.No, &d.Digest, &d.Secret, &d.Words, &codes, &d.Reason, &d.SealedAt, &d.DrawnAt)
		if codes != "" {
			d.Codes = strings.Split(codes, "\n")
		}
		return d, err
	})
}

func sealTx(ctx context.Context, tx *store.Tx, meeting int64, no int, reason string) (Draw, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return Draw{}, err
	}
	d := Draw{No: no, Secret: hex.EncodeToString(b), Reason: reason, SealedAt: tx.Now}
	d.Digest = Digest(d.Secret)
	_, err := tx.Exec(ctx, `INSERT INTO meeting_draw (meeting_id, no, digest, secret, words, codes, reason, sealed_at, drawn_at)
		VALUES ($1, $2, $3, $4, '', '', $5, $6, 0)`, meeting, d.No, d.Digest, d.Secret, d.Reason, d.SealedAt)
	return d, err
}

// Draw opens the sealed secret and puts the speakers in the order of their lots. words, if any, are those called out in
// the hall: nobody could know them when the secret was made. Once somebody has begun to speak there is nothing to draw.
func (s *Service) Draw(ctx context.Context, actor authz.Actor, meeting int64, words string) error {
	words = strings.Join(strings.Fields(words), " ")
	if utf8.RuneCountInString(words) > 100 {
		var form fault.Form
		form.Add("words", "fault.meeting.words")
		return form.Err()
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		if err := notBegun(ctx, tx, m); err != nil {
			return audit.Detail{}, err
		}
		all, err := draws(ctx, tx, m.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(all) == 0 || all[0].DrawnAt != 0 {
			return audit.Detail{}, fault.Bad("fault.meeting.drawn")
		}
		if _, err := syncSlots(ctx, tx, m, bySync); err != nil {
			return audit.Detail{}, err
		}
		d := all[0]
		d.Words = words
		if d.Codes, err = drawOrder(ctx, tx, m, d.Seed()); err != nil {
			return audit.Detail{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE meeting_draw SET words = $3, codes = $4, drawn_at = $5 WHERE meeting_id = $1 AND no = $2`,
			m.ID, d.No, d.Words, strings.Join(d.Codes, "\n"), tx.Now)
		if err == nil {
			err = cycle.TickTx(ctx, tx, m.Cycle, drawStep)
		}
		out := note("drawn")
		out.Changes = []audit.Change{{Field: "seed", To: d.Seed()}, {Field: "digest", To: d.Digest}, {Field: "order", To: strings.Join(d.Codes, " ")}}
		return out, err
	})
}

func drawOrder(ctx context.Context, tx *store.Tx, m Meeting, seed string) ([]string, error) {
	slots, err := Slots(ctx, tx, m.ID)
	if err != nil {
		return nil, err
	}
	if len(slots) == 0 {
		return nil, fault.Bad("fault.meeting.nobody")
	}
	var codes []string
	byCode := map[string]int64{}
	for _, x := range slots {
		codes = append(codes, x.Code)
		byCode[x.Code] = x.ID
	}
	codes = cycle.LotOrder(seed, codes)
	var ids []int64
	for _, code := range codes {
		ids = append(ids, byCode[code])
	}
	return codes, setOrder(ctx, tx, ids)
}

func setOrder(ctx context.Context, tx *store.Tx, slots []int64) error {
	for i, id := range slots {
		if _, err := tx.Exec(ctx, `UPDATE meeting_slot SET seq = $2 WHERE id = $1`, id, i+1); err != nil {
			return err
		}
	}
	return nil
}

// Redraw makes a new seal after a draw, with the reason; Draw then opens it.
func (s *Service) Redraw(ctx context.Context, actor authz.Actor, meeting int64, reason string) error {
	reason, err := needReason(reason)
	if err != nil {
		return err
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		if err := notBegun(ctx, tx, m); err != nil {
			return audit.Detail{}, err
		}
		all, err := draws(ctx, tx, m.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(all) > 0 && all[0].DrawnAt == 0 {
			return audit.Detail{}, fault.Bad("fault.meeting.sealed")
		}
		d, err := sealTx(ctx, tx, m.ID, len(all)+1, reason)
		out := note("redraw")
		out.Note["reason"] = reason
		out.Changes = []audit.Change{{Field: "digest", To: d.Digest}}
		return out, err
	})
}

func needReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	var form fault.Form
	form.Check(reason != "", "reason", "fault.meeting.reason")
	form.Check(utf8.RuneCountInString(reason) <= 500, "reason", "fault.meeting.reason_long")
	return reason, form.Err()
}

func notBegun(ctx context.Context, tx *store.Tx, m Meeting) error {
	events, err := Events(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	for _, t := range Replay(events).Turns {
		if t.Begun != 0 {
			return fault.Bad("fault.meeting.begun")
		}
	}
	if m.State == Ended {
		return fault.Bad("fault.meeting.ended")
	}
	return nil
}

// Sync brings the slots in line with the cycle's list: a reporter who now speaks gets the last slot, one who no longer
// does loses it unless the turn has begun; slots removed by hand come back. It says how many slots changed.
func (s *Service) Sync(ctx context.Context, actor authz.Actor, meeting int64) (changed int, err error) {
	err = s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		changed, err = syncSlots(ctx, tx, m, byHand)
		if err == nil {
			_, err = callReporters(ctx, tx, m)
		}
		d := note("synced")
		d.Note["changed"] = key(int64(changed))
		return d, err
	})
	return changed, err
}

// How a slot left the order.
const (
	bySync = 1
	byHand = 2
)

// syncSlots brings back slots that were removed up to the given way.
func syncSlots(ctx context.Context, tx *store.Tx, m Meeting, back int) (int, error) {
	reporters, err := cycle.Reporters(ctx, tx, m.Cycle)
	if err != nil {
		return 0, err
	}
	slots, err := Slots(ctx, tx, m.ID)
	if err != nil {
		return 0, err
	}
	n, last := 0, 0
	speaks := map[int64]bool{}
	have := map[int64]bool{}
	for _, x := range slots {
		have[x.Reporter], last = true, max(last, x.Seq)
	}
	for _, r := range reporters {
		speaks[r.ID] = r.Mode == cycle.Oral
		if r.Mode != cycle.Oral || have[r.ID] {
			continue
		}
		ok, err := tx.Change(ctx, `INSERT INTO meeting_slot (meeting_id, reporter_id, unit_id, seq, limit_sec, removed) VALUES ($1, $2, $3, $4, $5, 0)
			ON CONFLICT (meeting_id, reporter_id) DO UPDATE SET removed = 0, seq = $4 WHERE meeting_slot.removed <= $6`, m.ID, r.ID, r.Unit, last+1, m.Limit, back)
		if err != nil {
			return n, err
		}
		if ok {
			n, last = n+1, last+1
		}
	}
	events, err := Events(ctx, tx, m.ID)
	if err != nil {
		return n, err
	}
	stage := Replay(events)
	for _, x := range slots {
		if speaks[x.Reporter] || stage.Turns[x.ID].Begun != 0 {
			continue
		}
		n++
		if _, err := tx.Exec(ctx, `UPDATE meeting_slot SET removed = $2 WHERE id = $1`, x.ID, bySync); err != nil {
			return n, err
		}
	}
	return n, nil
}

// slotMeeting finds the meeting of a slot.
func (s *Service) slotMeeting(ctx context.Context, slot int64) (id int64, err error) {
	err = s.db.QueryRow(ctx, `SELECT meeting_id FROM meeting_slot WHERE id = $1 AND removed = 0`, slot).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return id, err
}

// onSlot carries out a verb upon a slot's place in the order, with the reason that it must have; d tells the log what
// was done and why.
func (s *Service) onSlot(ctx context.Context, actor authz.Actor, slot int64, what, reason string, verb func(tx *store.Tx, m Meeting, d audit.Detail) (audit.Detail, error)) error {
	reason, err := needReason(reason)
	if err != nil {
		return err
	}
	meeting, err := s.slotMeeting(ctx, slot)
	if err != nil {
		return err
	}
	return s.on(ctx, actor, authz.MeetingRun, meeting, gate.Subject{Kind: SlotKind, ID: slot}, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		d := note(what)
		d.Note["reason"] = reason
		return verb(tx, m, d)
	})
}

// Move puts a slot at a place in the order, from 1, with the reason: it departs from what was drawn.
func (s *Service) Move(ctx context.Context, actor authz.Actor, slot int64, to int, reason string) error {
	return s.onSlot(ctx, actor, slot, "moved", reason, func(tx *store.Tx, m Meeting, d audit.Detail) (audit.Detail, error) {
		slots, err := Slots(ctx, tx, m.ID)
		if err != nil {
			return d, err
		}
		from := slices.IndexFunc(slots, func(x Slot) bool { return x.ID == slot })
		if from < 0 {
			return d, fault.Missing()
		}
		if to < 1 || to > len(slots) {
			var form fault.Form
			form.Add("to", "fault.meeting.place_in_order", "Count", len(slots))
			return d, form.Err()
		}
		change(&d, "place", key(int64(from+1)), key(int64(to)))
		moved := slots[from]
		slots = slices.Insert(slices.Delete(slots, from, from+1), to-1, moved)
		var ids []int64
		for _, x := range slots {
			ids = append(ids, x.ID)
		}
		return d, setOrder(ctx, tx, ids)
	})
}

// Remove takes a slot whose turn has not begun out of the order, with the reason. No other clock changes by it.
func (s *Service) Remove(ctx context.Context, actor authz.Actor, slot int64, reason string) error {
	return s.onSlot(ctx, actor, slot, "removed", reason, func(tx *store.Tx, m Meeting, d audit.Detail) (audit.Detail, error) {
		events, err := Events(ctx, tx, m.ID)
		if err != nil {
			return d, err
		}
		if Replay(events).Turns[slot].Begun != 0 {
			return d, fault.Bad("fault.meeting.slot_begun")
		}
		_, err = tx.Exec(ctx, `UPDATE meeting_slot SET removed = $2 WHERE id = $1`, slot, byHand)
		return d, err
	})
}
