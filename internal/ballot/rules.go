package ballot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/scoring"
)

// MaxSlips is the largest number of slips of one class.
const MaxSlips = 5000

// ReadValue reads what a teller typed into one line: nothing for an abstention, "x" or "×" for an invalid line, the
// place of a grade (1 is the best) or, where the plan has no grades, a number from 0 to 100.
func (f Form) ReadValue(typed string) (value string, ok bool) {
	typed = strings.ToLower(strings.TrimSpace(narrow(typed)))
	switch typed {
	case "", "0", "-":
		if typed == "0" && len(f.Grades) == 0 {
			return "0", true
		}
		return Abstained, true
	case "x", "×", "!":
		return Invalid, true
	}
	if len(f.Grades) == 0 {
		n, err := scoring.ParseDecimal(typed, 0, 100)
		if err != nil {
			return "", false
		}
		return scoring.Exact(n), true
	}
	if slices.Contains(f.Grades, typed) {
		return typed, true
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 1 || n > len(f.Grades) {
		return "", false
	}
	return f.Grades[n-1], true
}

// Typed is how a value is typed: the opposite of ReadValue.
func (f Form) Typed(value string) string {
	switch value {
	case Abstained:
		return ""
	case Invalid:
		return "x"
	}
	if i := slices.Index(f.Grades, value); i >= 0 {
		return strconv.Itoa(i + 1)
	}
	return value
}

// narrow turns full-width letters and digits, as input methods make them, into plain ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - 0xfee0
		}
		return r
	}, s)
}

// ReadRow reads a whole slip typed in one go, one character a line in the order of the slip: "1121x3". It serves only
// where the plan has grades and fewer than ten of them. The error names the first character that can't be read.
func (f Form) ReadRow(typed string) ([]string, error) {
	typed = strings.Join(strings.Fields(narrow(typed)), "")
	lines := len(f.Units) * len(f.Items)
	if len(f.Grades) == 0 || len(f.Grades) > 9 {
		return nil, fault.Bad("fault.ballot.no_row")
	}
	if n := len([]rune(typed)); n != lines {
		return nil, fault.Bad("fault.ballot.row_length", "Have", n, "Want", lines)
	}
	var out []string
	for i, c := range []rune(typed) {
		v, ok := f.ReadValue(string(c))
		if !ok {
			return nil, fault.Bad("fault.ballot.row_char", "Char", string(c), "Place", i+1)
		}
		out = append(out, v)
	}
	return out, nil
}

// line is one place of a slip.
type line struct {
	Class string
	Slip  int
	Unit  int64
	Item  string
}

func (m Mark) line() line { return line{m.Class, m.Slip, m.Unit, m.Item} }

// compare sets what two tellers keyed side by side and gives every line on which they differ, in the order of the form.
// settled are the values that were agreed on after a look at the slip.
func compare(f Form, first, second, settled []Mark) []Difference {
	a, b, s := byLine(first), byLine(second), byLine(settled)
	var out []Difference
	for _, class := range f.Classes {
		for _, slip := range slipsOf(class, a, b) {
			for _, unit := range f.Units {
				for _, item := range f.Items {
					at := line{class, slip, unit, item}
					x, y := valueAt(a, at), valueAt(b, at)
					if x == y {
						continue
					}
					v, done := s[at]
					out = append(out, Difference{class, slip, unit, item, x, y, done, v})
				}
			}
		}
	}
	return out
}

func valueAt(m map[line]string, at line) string {
	if v, ok := m[at]; ok {
		return v
	}
	return Missing
}

func byLine(marks []Mark) map[line]string {
	out := map[line]string{}
	for _, m := range marks {
		out[m.line()] = m.Value
	}
	return out
}

func slipsOf(class string, sides ...map[line]string) []int {
	seen := map[int]bool{}
	var out []int
	for _, side := range sides {
		for at := range side {
			if at.Class == class && !seen[at.Slip] {
				seen[at.Slip] = true
				out = append(out, at.Slip)
			}
		}
	}
	sort.Ints(out)
	return out
}

// agree gives the marks that both tellers keyed alike, and the settled value where they did not. It is an error of the
// caller to ask before every difference is settled.
func agree(f Form, first, second, settled []Mark) ([]Mark, error) {
	b, s := byLine(second), byLine(settled)
	var out []Mark
	for _, m := range first {
		if b[m.line()] != m.Value {
			v, ok := s[m.line()]
			if !ok {
				return nil, fault.Bad("fault.ballot.differences")
			}
			m.Value = v
		}
		out = append(out, m)
	}
	return out, nil
}

// count makes the tally.
func count(marks []Mark) []Count {
	type key struct {
		class, item, value string
		unit               int64
	}
	n := map[key]int{}
	for _, m := range marks {
		n[key{m.Class, m.Item, m.Value, m.Unit}]++
	}
	var out []Count
	for k, c := range n {
		out = append(out, Count{k.class, k.unit, k.item, k.value, c})
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return fmt.Sprint(a.Class, a.Item, a.Value)+fmt.Sprintf("%20d", a.Unit) < fmt.Sprint(b.Class, b.Item, b.Value)+fmt.Sprintf("%20d", b.Unit)
	})
	return out
}

// DigestOf is the SHA-256 over every slip written as "class|unit/item=value|…", the slips in byte order, one a line:
// the same for the same pile of paper in whatever order it is keyed.
func DigestOf(f Form, marks []Mark) string {
	values := byLine(marks)
	var slips []string
	for _, class := range f.Classes {
		for _, slip := range slipsOf(class, values) {
			b := strings.Builder{}
			b.WriteString(class)
			for _, unit := range f.Units {
				for _, item := range f.Items {
					fmt.Fprintf(&b, "|%d/%s=%s", unit, item, values[line{class, slip, unit, item}])
				}
			}
			slips = append(slips, b.String())
		}
	}
	sort.Strings(slips)
	sum := sha256.Sum256([]byte(strings.Join(slips, "\n")))
	return hex.EncodeToString(sum[:])
}

// checkPaper says what is wrong with the counts of slips of one class.
func checkPaper(form *fault.Form, p Paper) {
	for _, x := range []struct {
		field string
		n     int
	}{{"entitled", p.Entitled}, {"issued", p.Issued}, {"returned", p.Returned}} {
		form.Check(x.n >= 0 && x.n <= MaxSlips, x.field+"-"+p.Class, "fault.ballot.number", "Max", MaxSlips)
	}
	form.Check(p.Issued <= p.Entitled, "issued-"+p.Class, "fault.ballot.issued")
	form.Check(p.Returned <= p.Issued, "returned-"+p.Class, "fault.ballot.returned")
}

// turnoutMet says whether enough slips came back: returned / entitled of all classes together is at least the share.
func turnoutMet(papers []Paper, share string) bool {
	want, ok := new(big.Rat).SetString(share)
	if !ok || want.Sign() == 0 {
		return true
	}
	entitled, returned := 0, 0
	for _, p := range papers {
		entitled += p.Entitled
		returned += p.Returned
	}
	return big.NewRat(int64(returned), 1).Cmp(want.Mul(want, big.NewRat(int64(entitled), 1))) >= 0
}

// Tallies gives the counts in the form that scoring takes; unit names a unit there.
func Tallies(counts []Count, unit func(int64) string) []scoring.Tally {
	type key struct {
		class, item string
		unit        int64
	}
	at := map[key]int{}
	var out []scoring.Tally
	for _, c := range counts {
		k := key{c.Class, c.Item, c.Unit}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, scoring.Tally{Class: c.Class, Unit: unit(c.Unit), Item: c.Item, Counts: map[string]int{}})
		}
		switch c.Value {
		case Abstained:
			out[i].Abstained += c.N
		case Invalid:
			out[i].Invalid += c.N
		default:
			out[i].Counts[c.Value] += c.N
		}
	}
	return out
}
