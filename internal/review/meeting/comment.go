package meeting

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
)

// Voice is for whom a comment speaks.
type Voice string

// The voices. The higher one comments on the convenor itself; the others on a reporter.
const (
	Chair    Voice = "chair"
	OfMember Voice = "member"
	Higher   Voice = "higher"
)

// VoiceOf tells for whom an actor comments at a convenor: whoever runs the meeting for the chair, whoever may confirm
// without running it for the level above, whoever may only write as a member of the body. "" is nobody.
func VoiceOf(p authz.Policy, actor authz.Actor, convenor authz.Unit) Voice {
	switch {
	case !p.Allows(actor, authz.CommentWrite, convenor):
		return ""
	case p.Allows(actor, authz.MeetingRun, convenor):
		return Chair
	case p.Allows(actor, authz.CommentConfirm, convenor):
		return Higher
	}
	return OfMember
}

// NoRepeat says that somebody looked and found a problem to be no repeat.
const NoRepeat = -1

// Body is what a comment says. None is why there is no problem, where there is none.
type Body struct {
	Affirm   string    `json:"affirm"`
	Problems []Problem `json:"problems"`
	Direct   string    `json:"direct"`
	None     string    `json:"none,omitempty"`
}

// Problem is one numbered problem. Key, "p1" and so on, stays with it through every correction. Units are the other
// units that a common problem is put to. Repeat is the earlier matter that it repeats, NoRepeat, or 0: not decided.
type Problem struct {
	Key    string  `json:"key"`
	Text   string  `json:"text"`
	Common bool    `json:"common,omitempty"`
	Units  []int64 `json:"units,omitempty"`
	Repeat int64   `json:"repeat,omitempty"`
}

// Number is the number in a problem's key.
func (p Problem) Number() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(p.Key, "p"))
	return n
}

// Comment is one comment with its draft. Edition is the number of the latest confirmed edition, 0 for none; Pending
// says that the draft differs from it. ChangedAt is UTC microseconds.
type Comment struct {
	ID        int64
	Cycle     int64
	Meeting   int64
	Reporter  int64 // 0: on the convenor itself
	Unit      int64 // whom it is on
	Voice     Voice
	Account   int64 // who began it; of a chair's comment, nobody in particular: 0
	Person    int64
	Author    Name
	Post      Name
	Body      Body
	Edition   int
	Pending   bool
	ChangedAt int64
	ChangedBy string
	Version   int
}

// Edition is a confirmed text. It never changes; a correction is another edition.
type Edition struct {
	No     int
	Body   Body
	Digest string
	At     int64
	By     string
}

const (
	textLimit    = 20000
	problemLimit = 1000
	problemCount = 40
)

var keyForm = regexp.MustCompile(`^p[1-9][0-9]{0,3}$`)

// tidy trims a body, drops problems without text, and checks lengths and keys. What is still missing does not keep a
// draft from being saved.
func (b Body) tidy() (Body, error) {
	var form fault.Form
	out := Body{Affirm: strings.TrimSpace(b.Affirm), Direct: strings.TrimSpace(b.Direct), None: strings.TrimSpace(b.None), Problems: []Problem{}}
	form.Check(utf8.RuneCountInString(out.Affirm) <= textLimit, "affirm", "fault.meeting.text_long", "Limit", textLimit)
	form.Check(utf8.RuneCountInString(out.Direct) <= textLimit, "direct", "fault.meeting.text_long", "Limit", textLimit)
	form.Check(utf8.RuneCountInString(out.None) <= problemLimit, "none", "fault.meeting.text_long", "Limit", problemLimit)
	seen := map[string]bool{}
	for _, p := range b.Problems {
		p.Text = strings.TrimSpace(p.Text)
		if p.Text == "" {
			continue
		}
		if !keyForm.MatchString(p.Key) || seen[p.Key] {
			return out, fault.Bad("fault.meeting.problem_key")
		}
		seen[p.Key] = true
		form.Check(utf8.RuneCountInString(p.Text) <= problemLimit, "text_"+p.Key, "fault.meeting.text_long", "Limit", problemLimit)
		if !p.Common {
			p.Units = nil
		}
		slices.Sort(p.Units)
		p.Units = slices.Compact(p.Units)
		out.Problems = append(out.Problems, p)
	}
	form.Check(len(out.Problems) <= problemCount, "", "fault.meeting.problem_count", "Limit", problemCount)
	return out, form.Err()
}

// Empty says whether nothing was written.
func (b Body) Empty() bool {
	return b.Affirm == "" && len(b.Problems) == 0 && b.Direct == "" && b.None == ""
}

// Lacks says whether the comment names no problem and does not say why: worth a warning, never a refusal.
func (b Body) Lacks() bool { return len(b.Problems) == 0 && b.None == "" }

// ready checks what a draft needs to be confirmed.
func (b Body) ready() error {
	if b.Empty() {
		return fault.Bad("fault.meeting.empty")
	}
	var form fault.Form
	for _, p := range b.Problems {
		form.Check(!p.Common || len(p.Units) > 0, "units_"+p.Key, "fault.meeting.common")
	}
	return form.Err()
}

// text is the canonical form of a body, what its digest is taken of.
func (b Body) text() string {
	out, err := json.Marshal(b)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(out)
}

func parseBody(text string) (Body, error) {
	var b Body
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return b, fmt.Errorf("meeting: a stored comment can't be read: %w", err)
	}
	return b, nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// NextKeys gives n keys for new problems: higher than any that the comment uses or ever used.
func NextKeys(n int, used ...string) []string {
	top := 0
	for _, k := range used {
		top = max(top, Problem{Key: k}.Number())
	}
	out := make([]string, n)
	for i := range out {
		out[i] = "p" + strconv.Itoa(top+i+1)
	}
	return out
}
