package ledger

import (
	"context"
	"regexp"
	"strings"

	"plumbline/internal/authz"
)

// A list is found by one index, and which one the program says: a database knows little about how many matters each
// index leaves, and would read every open matter of a country for one village, or every matter of a state for a page of
// fifty. What must not be taken is written as an expression, which no index knows.

// The ways to find a list.
const (
	wayPlace = "place" // the subtree, then sorted
	wayScope = "scope" // what the reader may see or act upon, then sorted
	wayCycle = "cycle"
	wayNone  = "none"  // what has no owner
	wayFew   = "few"   // what has an index of its own: common, repeated, followed, a number
	wayWords = "words" // the words of a text
	wayState = "state" // one state, in the order of due dates
	wayClass = "class" // one class, likewise
	wayType  = "type"  // one class of one type, likewise
	wayKind  = "kind"  // one type that has few matters, then sorted
	wayOrder = "order" // all of them, in the order of due dates
	waySort  = "sort"  // all of them by number or age
)

// fewEnough is how many matters are looked at and sorted rather than met in order. A page of fifty of a million that
// meets fewer of them in order has to look at as many others.
const fewEnough = 7000

// kept are the columns that a way takes from the condition as they stand.
var waysKeep = map[string][]string{
	wayPlace: {"place_path"},
	wayScope: {"unit_path", "convenor_path", "requester_path"},
	wayCycle: {"cycle_id"},
	wayNone:  {"state_class", "place_path"},
	wayState: {"state"},
	wayClass: {"state_class"},
	wayType:  {"type", "state_class"},
	wayKind:  {"type"},
}

var plainForm = map[string]string{"type": "(m.type || '')", "state": "(m.state || '')", "state_class": "(m.state_class || '')", "place_path": "(m.place_path || '')", "unit_path": "(m.unit_path || '')",
	"convenor_path": "(m.convenor_path || '')", "requester_path": "(m.requester_path || '')", "cycle_id": "(m.cycle_id + 0)"}

var columnForm = regexp.MustCompile(`\bm\.(type|state_class|state|place_path|unit_path|convenor_path|requester_path|cycle_id)\b`)

// by is the condition for a way.
func (w *where) by(way string) string {
	keep := map[string]bool{}
	for _, c := range waysKeep[way] {
		keep[c] = true
	}
	cond := w.String()
	if w.part != "" && inOrder(way) {
		cond = datedForm + " = " + w.part + " AND " + cond
	}
	return columnForm.ReplaceAllStringFunc(cond, func(column string) string {
		if keep[column[2:]] {
			return column
		}
		return plainForm[column[2:]]
	})
}

// from is what a way reads: the matters, or those that a word leads to.
func (w *where) from() string {
	if w.words {
		return "matter_word w0 CROSS JOIN matter m"
	}
	if w.joined {
		return "matter m CROSS JOIN matter_word w0"
	}
	return "matter m"
}

// datedForm is 0 for matters with a due date and 1 for those without, as indexes know it.
const datedForm = `CASE WHEN m.due_on = '' THEN 1 ELSE 0 END`

// inOrder says whether a way meets the matters in the order of their due dates.
func inOrder(way string) bool {
	return way == wayState || way == wayClass || way == wayType || way == wayOrder
}

// way chooses how a list is found; count says that it is to be counted, so that no order helps.
func (s *Service) way(ctx context.Context, actor authz.Actor, w *where, f Filter, count bool) (string, error) {
	if way, err := s.fewWay(ctx, w, f, count); way != "" || err != nil {
		return way, err
	}
	scoped, err := s.scopedQueue(ctx, actor, f.Queue)
	if err != nil {
		return "", err
	}
	if w.narrow || scoped {
		return wayScope, nil
	}
	_, sorted := orders[f.Sort]
	if way, err := s.typeWay(ctx, f, sorted && !count); way != "" || err != nil {
		return way, err
	}
	if sorted && !count {
		return s.sortedWay(ctx, f)
	}
	switch {
	case f.State != "":
		return wayState, nil
	case oneClass(f):
		return wayClass, nil
	}
	return wayOrder, nil
}

// fewWay is the way of what leaves few matters, "" where nothing does.
func (s *Service) fewWay(ctx context.Context, w *where, f Filter, count bool) (string, error) {
	switch {
	case f.Queue == QueueNobody:
		return wayNone, nil
	case f.Cycle != 0:
		return wayCycle, nil
	case f.Common || f.Repeat || f.Mine || f.Queue == QueueFollowed:
		return wayFew, nil
	case f.Ruled.Path != "":
		return wayScope, nil
	}
	if exact, err := s.numberOf(ctx, w, f.Text); exact || err != nil {
		return wayFew, err
	}
	under, words := s.few+1, wordsOf(f.Text)
	if f.Under.Path != "" {
		err := s.db.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM ledger_tally_month WHERE unit_id = $1`, f.Under.ID).Scan(&under)
		if err != nil || under <= s.few || f.Alone {
			w.having(words)
			return wayPlace, err
		}
	}
	if f.Happened != "" {
		return wayFew, nil
	}
	if len(words) > 0 {
		words, n, err := s.rarest(ctx, f.words, words, s.few)
		ranged := f.Queue == QueueLate || f.Queue == QueueSoon // few of all, and met by their dates
		if err != nil || n <= s.few || (count && !ranged) {
			w.led(words)
			return wayWords, err
		}
		w.having(words)
	}
	if f.Under.Path != "" && count {
		return wayPlace, nil
	}
	return "", nil
}

// typeWay is the way of a list of one type: sorted where the type has few matters, by the dates of one class; "" where
// the other orders serve as well.
func (s *Service) typeWay(ctx context.Context, f Filter, sorted bool) (string, error) {
	if f.Type == "" {
		return "", nil
	}
	var n int
	err := s.db.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM ledger_tally_month
		WHERE unit_id IN (SELECT id FROM unit WHERE parent_id = 0) AND type = $1`, f.Type).Scan(&n)
	switch {
	case err != nil || n <= s.few:
		return wayKind, err
	case oneClass(f) && f.State == "" && !sorted:
		return wayType, nil
	}
	return "", nil
}

// numberOf narrows to the matter whose whole number the text is, if there is one.
func (s *Service) numberOf(ctx context.Context, w *where, text string) (exact bool, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return false, nil
	}
	err = s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM matter WHERE number IN ($1, $2))`, text, strings.ToUpper(text)).Scan(&exact)
	if exact {
		w.add("m.number IN (?, ?)", text, strings.ToUpper(text))
	}
	return exact, err
}

// sortedWay is the way of a list by number or age: a state that few matters are in is sorted, any other is met in order.
func (s *Service) sortedWay(ctx context.Context, f Filter) (string, error) {
	if f.State == "" {
		return waySort, nil
	}
	var n int
	err := s.db.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM matter WHERE state = $1 LIMIT $2) x`, f.State, s.few+1).Scan(&n)
	if err != nil || n <= s.few {
		return wayState, err
	}
	return waySort, nil
}

// oneClass says whether the filter keeps matters of one class alone.
func oneClass(f Filter) bool {
	switch f.Queue {
	case QueueDo, QueueApprove, QueueVerify, QueueAsk, QueueBack, QueueOnTime, QueueSoon:
		return true
	}
	return f.Class != "" && f.Class != "open" && f.Class != "ended"
}

// scopedQueue says whether a queue holds what lies in the actor's own places, which are not all there are.
func (s *Service) scopedQueue(ctx context.Context, actor authz.Actor, queue string) (bool, error) {
	act, ok := map[string]authz.Action{QueueDo: authz.LedgerOwn, QueueApprove: authz.LedgerApprove, QueueVerify: authz.LedgerVerify, QueueBack: authz.LedgerVerify,
		QueueAsk: authz.LedgerAsk}[queue]
	if !ok {
		return false, nil
	}
	whole, err := s.whole(ctx, s.gate.Policy().Scope(actor, act))
	return !whole, err
}

// sorted is the order in which a list is found: by due date the form that the way's index knows, or the one that none
// does.
func (w *where) sorted(f Filter, way string) string {
	o, ok := orders[f.Sort]
	switch {
	case ok:
		return o
	case inOrder(way) && w.part != "":
		return byDuePart
	case inOrder(way):
		return byDue
	}
	return byDueScan
}
