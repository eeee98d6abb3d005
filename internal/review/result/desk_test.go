package result

import (
	"testing"

	"plumbline/internal/review/cycle"
)

func TestTheDeskFollowsTheResult(t *testing.T) {
	each(t, func(s *stand) {
		task := func() string {
			t.Helper()
			c, err := cycle.ByID(ctx, s.db, 9)
			s.must(err)
			tasks, err := s.s.Tasks(ctx, s.db, c)
			s.must(err)
			out := ""
			for _, x := range tasks {
				out += x.Key + " " + unitText(int64(x.Count)) + ";"
			}
			return out
		}
		cell := func(unit int64) cycle.Cell {
			t.Helper()
			c, err := cycle.ByID(ctx, s.db, 9)
			s.must(err)
			cells, err := s.s.Progress(ctx, s.db, c, []int64{unit})
			s.must(err)
			return cells[unit][cycle.ColGrade]
		}
		want := func(got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s, not %s", got, want)
			}
		}
		want(task(), "result.task.gaps 10;")
		s.complete()
		want(task(), "result.task.fix 1;")
		s.fix()
		want(task(), "result.task.decide 1;")
		want(cell(2).Key, "")
		_, err := s.s.Decide(ctx, clerk, s.decision())
		s.must(err)
		want(task(), "result.task.letters 3;result.task.notify 1;")
		want(cell(2).Key, "result.cell.decided")
		_, err = s.s.Draft(ctx, clerk, 9, Feedback, "zh")
		s.must(err)
		l := s.letters().Rows[0].Letters[0]
		s.must(s.s.Issue(ctx, clerk, l.ID, l.Version, "asked for"))
		want(task(), "result.task.letters 2;result.task.notify 1;")
		want(cell(2).Key+" "+cell(2).Href, "result.cell.grade "+l.Path())
		want(cell(3).Key, "result.cell.decided")
		_, err = s.s.Draft(ctx, clerk, 9, Notification, "zh")
		s.must(err)
		v, err := s.s.Notification(ctx, clerk, 9, 0)
		s.must(err)
		s.must(s.s.Issue(ctx, clerk, v.Letter.ID, 1, ""))
		want(cell(3).Key+" "+cell(3).Href, "result.cell.grade /cycles/9/notification")
		c, err := cycle.ByID(ctx, s.db, 9)
		s.must(err)
		left, err := s.s.Obstacles(ctx, s.db, c)
		s.must(err)
		if len(left) != 2 || left[0].Unit != 3 || left[1].Unit != 4 || left[0].Key != "result.obstacle.letter" || left[0].Blocks {
			s.t.Errorf("left undone: %+v", left)
		}
	})
}
