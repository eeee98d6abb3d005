package ui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sides rebuilds both texts from a difference.
func sides(d Diff) (old, new string) {
	var a, b strings.Builder
	for _, p := range d.Parts {
		if p.Op != "+" {
			a.WriteString(p.Text)
		}
		if p.Op != "-" {
			b.WriteString(p.Text)
		}
	}
	return a.String(), b.String()
}

func spell(d Diff) string {
	var b strings.Builder
	for _, p := range d.Parts {
		switch p.Op {
		case "+":
			b.WriteString("{+" + p.Text + "+}")
		case "-":
			b.WriteString("[-" + p.Text + "-]")
		case "=":
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestDiffReads(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"", "new", "{+new+}"},
		{"old", "", "[-old-]"},
		{"same\n", "same\n", "same\n"},
		{"done by the end of April", "done by the end of March", "done by the end of [-April-]{+March+}"},
		{"三个乡镇仓库的物资已过期。", "四个乡镇仓库的物资已过期。", "[-三-]{+四+}个乡镇仓库的物资已过期。"},
		{"一\n二\n三\n", "一\n三\n", "一\n[-二\n-]三\n"},
		{"一\n三\n", "一\n二\n三\n", "一\n{+二\n+}三\n"},
		{"a\r\nb", "a\nb", "a\nb"},
	} {
		if got := spell(NewDiff(c.old, c.new)); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.old, c.new, got, c.want)
		}
	}
}

// Whatever the texts, the difference contains exactly both of them.
func TestDiffLosesNothing(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab c，一二三。\n")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		d := NewDiff(old, new)
		if a, b := sides(d); a != old || b != new {
			t.Fatalf("%q, %q became %q, %q by %v", old, new, a, b, d.Parts)
		}
		if d.Same() != (old == new) {
			t.Fatalf("Same is %v for %q, %q", d.Same(), old, new)
		}
	})
}

// The script is as short as can be on small inputs: compared with the longest
// common subsequence counted plainly.
func TestMyersIsShortest(t *testing.T) {
	letters := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		edits := 0
		for _, p := range myers(a, b) {
			if p.Op != "=" {
				edits += len(p.Text)
			}
		}
		lcs := make([][]int, len(a)+1)
		for i := range lcs {
			lcs[i] = make([]int, len(b)+1)
		}
		for i := range a {
			for j := range b {
				lcs[i+1][j+1] = max(lcs[i][j+1], lcs[i+1][j])
				if a[i] == b[j] {
					lcs[i+1][j+1] = lcs[i][j] + 1
				}
			}
		}
		if want := len(a) + len(b) - 2*lcs[len(a)][len(b)]; edits != want {
			t.Fatalf("%v → %v takes %d edits, want %d", a, b, edits, want)
		}
	})
}

func TestDiffOfStrangersIsBounded(t *testing.T) {
	a, b := strings.Repeat("甲乙丙丁", 3000), strings.Repeat("戊己庚辛", 3000)
	if got := spell(NewDiff(a, b)); got != "[-"+a+"-]{+"+b+"+}" {
		t.Error("two texts with nothing in common are not one removal and one addition")
	}
}

func TestFolded(t *testing.T) {
	lines := "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	d := NewDiff(lines+"old\n"+lines, lines+"new\n"+lines).Folded(2)
	var skipped int
	for _, p := range d.Parts {
		skipped += p.N
	}
	if skipped != 14 || d.Parts[0].Op != "…" || !strings.Contains(spell(d), "8\n9\n[-old-]{+new+}\n1\n2\n") {
		t.Errorf("%d lines left out: %s", skipped, spell(d))
	}
}
