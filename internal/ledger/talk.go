package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// Talk is what somebody said of a matter. Told are the accounts that it names with "@", Missed the names behind an "@"
// that nobody who may read the matter goes by, or several do. Times are UTC microseconds. What was withdrawn has its time
// in Withdrawn and no text any more; the log keeps the digest of what stood there, never the text.
type Talk struct {
	ID        int64
	Matter    int64
	Account   int64
	Name      string
	Text      string
	Told      []Called
	Missed    []string
	At        int64
	Changed   int64
	Withdrawn int64
	Version   int
}

// Called is an account by the name that it was called.
type Called struct {
	Account int64  `json:"a"`
	Name    string `json:"n"`
}

// talkShown is how much of a matter's talk its page reads: the newest.
const talkShown = 200

// Say adds to what is said of a matter; whoever may read it may speak. Those who are named with "@" get a notice and
// follow the matter.
func (s *Service) Say(ctx context.Context, actor authz.Actor, matter int64, text string) (t Talk, err error) {
	err = s.speak(ctx, actor, matter, "talk", func(tx *store.Tx, m Matter, d *audit.Detail) error {
		t = Talk{Matter: matter, Account: actor.Account, Name: actor.Name, At: tx.Now, Version: 1}
		if err := t.set(text); err != nil {
			return err
		}
		if err := s.call(ctx, tx, m, &t, nil); err != nil {
			return err
		}
		told, missed := t.stored()
		t.ID, err = tx.Insert(ctx, `INSERT INTO matter_talk (matter_id, account_id, actor_name, body, told, missed, at, changed_at, withdrawn_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 1) RETURNING id`, matter, t.Account, t.Name, t.Text, told, missed, t.At)
		d.Changes = []audit.Change{{Field: "digest", To: digest(t.Text)}}
		return err
	})
	return t, err
}

// Reword puts another text in the place of what the actor said. Only who is newly named is told.
func (s *Service) Reword(ctx context.Context, actor authz.Actor, matter, id int64, version int, text string) (t Talk, err error) {
	err = s.speak(ctx, actor, matter, "talk_edit", func(tx *store.Tx, m Matter, d *audit.Detail) error {
		if t, err = ownTalk(ctx, tx, actor, matter, id); err != nil {
			return err
		}
		if t.Version != version {
			return fault.Outdated(t)
		}
		was := t.Text
		if err := t.set(text); err != nil {
			return err
		}
		if err := s.call(ctx, tx, m, &t, t.Told); err != nil {
			return err
		}
		told, missed := t.stored()
		t.Changed, t.Version = tx.Now, version+1
		_, err := tx.Exec(ctx, `UPDATE matter_talk SET body = $1, told = $2, missed = $3, changed_at = $4, version = $5 WHERE id = $6`,
			t.Text, told, missed, t.Changed, t.Version, id)
		d.Changes = []audit.Change{{Field: "digest", From: digest(was), To: digest(t.Text)}}
		return err
	})
	return t, err
}

// Withdraw takes back what the actor said: its text goes, that it was said and withdrawn stays.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, matter, id int64) error {
	return s.speak(ctx, actor, matter, "talk_withdraw", func(tx *store.Tx, _ Matter, d *audit.Detail) error {
		t, err := ownTalk(ctx, tx, actor, matter, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE matter_talk SET body = '', told = '[]', missed = '[]', withdrawn_at = $1, version = version + 1 WHERE id = $2`, tx.Now, id)
		d.Changes = []audit.Change{{Field: "digest", From: digest(t.Text)}}
		return err
	})
}

// speak runs one act of speaking of a matter through the gate, at a unit by which the actor may read it.
func (s *Service) speak(ctx context.Context, actor authz.Actor, matter int64, what string, verb func(*store.Tx, Matter, *audit.Detail) error) error {
	m, err := s.Find(ctx, actor, matter)
	if err != nil {
		return err
	}
	at := m.Convenor
	for _, u := range []authz.Unit{m.Owner, m.Requester} {
		if u.ID != 0 && s.gate.Policy().Allows(actor, authz.LedgerTalk, u) {
			at = u
		}
	}
	return s.gate.Do(ctx, actor, authz.LedgerTalk, gate.Subject{Kind: "matter", ID: matter, Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		m, err := matterByID(ctx, tx, matter)
		d := audit.Detail{Note: map[string]string{"what": what}}
		if err == nil {
			err = verb(tx, m, &d)
		}
		return d, err
	})
}

// set checks and sets the text.
func (t *Talk) set(text string) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	var form fault.Form
	form.Check(text != "", "text", "fault.ledger.needed")
	form.Check(utf8.RuneCountInString(text) <= maxNote, "text", "fault.ledger.too_long", "Max", maxNote, "Count", utf8.RuneCountInString(text))
	t.Text = text
	return form.Err()
}

// call finds whom the text names, tells those who were not told before, and makes them follow.
func (s *Service) call(ctx context.Context, tx *store.Tx, m Matter, t *Talk, before []Called) (err error) {
	if t.Told, t.Missed, err = s.called(ctx, tx, m, t.Text); err != nil {
		return err
	}
	var notices []Notice
	for _, c := range t.Told {
		if c.Account == t.Account || slices.ContainsFunc(before, func(b Called) bool { return b.Account == c.Account }) {
			continue
		}
		notices = append(notices, Notice{Account: c.Account, Matter: m.ID, Kind: NoticeMention, Note: t.Name})
		if err := follow(ctx, tx, m.ID, c.Account); err != nil {
			return err
		}
	}
	return insertNotices(ctx, tx, notices)
}

func (t Talk) stored() (told, missed string) {
	a, _ := json.Marshal(append([]Called{}, t.Told...))
	b, _ := json.Marshal(append([]string{}, t.Missed...))
	return string(a), string(b)
}

// digest is how the log names a text that it does not hold.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

const talkColumns = `id, matter_id, account_id, actor_name, body, told, missed, at, changed_at, withdrawn_at, version`

func scanTalk(rows *sql.Rows) (t Talk, err error) {
	var told, missed string
	if err = rows.Scan(&t.ID, &t.Matter, &t.Account, &t.Name, &t.Text, &told, &missed, &t.At, &t.Changed, &t.Withdrawn, &t.Version); err != nil {
		return t, err
	}
	if err = json.Unmarshal([]byte(told), &t.Told); err == nil {
		err = json.Unmarshal([]byte(missed), &t.Missed)
	}
	return t, err
}

// ownTalk is what the actor said and has not withdrawn; NotFound otherwise.
func ownTalk(ctx context.Context, r store.Reader, actor authz.Actor, matter, id int64) (Talk, error) {
	list, err := store.List(ctx, r, `SELECT `+talkColumns+` FROM matter_talk WHERE id = $1 AND matter_id = $2 AND account_id = $3 AND withdrawn_at = 0`,
		[]any{id, matter, actor.Account}, scanTalk)
	if err != nil || len(list) == 0 {
		return Talk{}, orMissing(err)
	}
	return list[0], nil
}

func orMissing(err error) error {
	if err == nil {
		return fault.Missing()
	}
	return err
}

// OwnTalk is what the actor said of a matter, to be reworded.
func (s *Service) OwnTalk(ctx context.Context, actor authz.Actor, matter, id int64) (Talk, error) {
	if _, err := s.Find(ctx, actor, matter); err != nil {
		return Talk{}, err
	}
	return ownTalk(ctx, s.db, actor, matter, id)
}

// TalkOf is what was said of a matter, oldest first, of a long talk the newest part. The caller has found the matter.
func (s *Service) TalkOf(ctx context.Context, matter int64) ([]Talk, error) {
	list, err := store.List(ctx, s.db, `SELECT `+talkColumns+` FROM matter_talk WHERE matter_id = $1 ORDER BY id DESC LIMIT $2`, []any{matter, talkShown}, scanTalk)
	slices.Reverse(list)
	return list, err
}
