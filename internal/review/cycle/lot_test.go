package cycle

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The numbers were made with printf and sha256sum.
func TestLotNumberIsWhatAnyoneCanRecompute(t *testing.T) {
	if got := LotNumber("2022-01-24 draw", "C01"); got != "b30d11467e3cad37a88b555f3441ea440867d6c575e83a40417dae731570c188" {
		t.Errorf("lot %s", got)
	}
}

func TestLotOrderDependsOnSeedAndCodesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.String().Draw(t, "seed")
		codes := rapid.SliceOfDistinct(rapid.StringMatching(`[A-Z0-9]{1,8}`), rapid.ID).Draw(t, "codes")
		want := LotOrder(seed, codes)
		shuffled := rapid.Permutation(codes).Draw(t, "shuffled")
		if !slices.Equal(want, LotOrder(seed, append(shuffled, shuffled...))) {
			t.Fatalf("the order of the codes mattered: %v", codes)
		}
		got := slices.Sorted(slices.Values(want))
		if !slices.Equal(got, slices.Sorted(slices.Values(codes))) {
			t.Fatalf("%v is no order of %v", want, codes)
		}
	})
	if slices.Equal(LotOrder("a", []string{"1", "2", "3", "4", "5", "6"}), LotOrder("b", []string{"1", "2", "3", "4", "5", "6"})) {
		t.Error("two seeds gave one order")
	}
}
