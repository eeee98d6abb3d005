package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"plumbline/internal/store"
)

// Titles and numbers are found by pieces of two neighbouring characters, or of three where a letter of the Latin kind or
// a digit is among them: whatever holds a text holds every piece of it. Pieces are kept as numbers; two that share one
// cost a look at the title, which is compared anyhow.

// wordsOf gives the pieces of texts, each once, in no order.
func wordsOf(texts ...string) []int64 {
	seen := map[int64]bool{}
	var out []int64
	for _, text := range texts {
		runes := []rune(strings.ToLower(text))
		for i := range runes {
			n := 2
			if i+1 < len(runes) && !(wide(runes[i]) && wide(runes[i+1])) {
				n = 3
			}
			if i+n > len(runes) || slices.ContainsFunc(runes[i:i+n], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				continue
			}
			h := fnv.New32a()
			_, _ = h.Write([]byte(string(runes[i : i+n])))
			if w := int64(h.Sum32() >> 1); !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// wide says whether a character is one of a script that writes without spaces.
func wide(r rune) bool {
	return r >= 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// writeWords keeps the words of a matter; was is what it was called before, the zero Matter for a new one.
func writeWords(ctx context.Context, tx *store.Tx, was, m Matter) error {
	if was.Title == m.Title && was.Number == m.Number {
		return nil
	}
	old, fresh := []int64{}, wordsOf(m.Title, m.Number)
	if was.ID != 0 {
		old = wordsOf(was.Title, was.Number)
	}
	w := &where{args: []any{m.ID}}
	in(w, "word", without(old, fresh))
	if len(w.args) > 1 {
		if _, err := tx.Exec(ctx, `DELETE FROM matter_word WHERE matter_id = $1 AND `+w.String(), w.args...); err != nil {
			return err
		}
	}
	add := without(fresh, old)
	if len(add) == 0 {
		return nil
	}
	rows, args := make([]string, len(add)), []any{m.ID}
	for i, word := range add {
		args = append(args, word)
		rows[i] = fmt.Sprintf("($%d, $1)", len(args))
	}
	_, err := tx.Exec(ctx, `INSERT INTO matter_word (word, matter_id) VALUES `+strings.Join(rows, ", "), args...)
	return err
}

func without(list, those []int64) []int64 {
	var out []int64
	for _, x := range list {
		if !slices.Contains(those, x) {
			out = append(out, x)
		}
	}
	return out
}

// WordsMissing says whether there are matters and no words of them: the database is older than the words are.
func WordsMissing(ctx context.Context, r store.Reader) (bool, error) {
	var matters, words bool
	err := r.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM matter), EXISTS (SELECT 1 FROM matter_word)`).Scan(&matters, &words)
	return matters && !words, err
}

// WordsTx makes the words of every matter anew, the index after the rows.
func WordsTx(ctx context.Context, tx *store.Tx) error {
	for _, stmt := range []string{`DROP INDEX matter_word_word`, `DELETE FROM matter_word`} {
		if _, err := tx.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	for last := int64(0); last >= 0; {
		words, end, err := wordsAfter(ctx, tx, last)
		if err != nil {
			return err
		}
		last = end
		err = tx.Load(ctx, "matter_word", []string{"word", "matter_id"}, nil, func(row []any) (bool, error) {
			if len(words) == 0 {
				return false, nil
			}
			row[0], row[1] = words[0][0], words[0][1]
			words = words[1:]
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `CREATE UNIQUE INDEX matter_word_word ON matter_word (word, matter_id)`)
	return err
}

// wordsAfter reads the words of the matters that come after one, and says which was the last; -1 that there are no more.
func wordsAfter(ctx context.Context, tx *store.Tx, last int64) (words [][2]int64, end int64, err error) {
	end = -1
	err = store.Each(ctx, tx, `SELECT id, title, number FROM matter WHERE id > $1 ORDER BY id LIMIT 2000`, []any{last}, func(rows *sql.Rows) error {
		var title, number string
		if err := rows.Scan(&end, &title, &number); err != nil {
			return err
		}
		for _, w := range wordsOf(title, number) {
			words = append(words, [2]int64{w, end})
		}
		return nil
	})
	return words, end, err
}

// rarity is the words of a text in the order of how rare they are, and how many matters have the first one.
type rarity struct {
	words []int64
	n     int
}

// rarest puts the words of a text in the order of how rare they are, and says how many matters have the first one, up to
// most and no further. What it found is kept in known, which may be nil, and not looked for again.
func (s *Service) rarest(ctx context.Context, known *rarity, words []int64, most int) ([]int64, int, error) {
	if known != nil && known.words != nil {
		return known.words, known.n, nil
	}
	counts := map[int64]int{}
	for _, word := range words {
		var n int
		err := s.db.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM matter_word WHERE word = $1 LIMIT $2) x`, word, most+1).Scan(&n)
		if err != nil {
			return nil, 0, err
		}
		counts[word] = n
	}
	out := slices.Clone(words)
	slices.SortStableFunc(out, func(a, b int64) int { return counts[a] - counts[b] })
	if known != nil {
		known.words, known.n = out, counts[out[0]]
	}
	return out, counts[out[0]], nil
}

// mostWords is how many words of a text narrow a list; the title itself is compared anyhow.
const mostWords = 4

// led reads the matters from the first of the words on, and keeps those that have the others.
func (w *where) led(words []int64) {
	rest := w.conds
	w.words, w.conds = true, nil
	w.add("w0.word = ? AND m.id = w0.matter_id", words[0])
	for _, word := range words[1:min(mostWords, len(words))] {
		w.add("EXISTS (SELECT 1 FROM matter_word x WHERE x.word = ? AND x.matter_id = w0.matter_id)", word)
	}
	w.conds = append(w.conds, rest...)
}

// having keeps the matters that have the first of the words, before their titles are read: the comparison is written so
// that it needs both tables, because a database compares what it can before it joins.
func (w *where) having(words []int64) {
	if len(words) == 0 {
		return
	}
	w.conds[w.text-1] = "CASE WHEN w0.matter_id > 0 THEN " + w.conds[w.text-1] + " END"
	w.joined = true
	w.add("w0.word = ? AND w0.matter_id = m.id", words[0])
}
