// Checks a directory of a log with the code by which Go checks its own modules, which nobody here
// wrote: the signature, every entry against the tree, proofs. Prints what it checked.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// files reads tiles as the C2SP format names them: like Go, without the height.
type files string

func (f files) Height() int                         { return height }
func (f files) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	directory, vkey := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(vkey)
	check(err)
	data, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	check(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	var size int64
	_, err = fmt.Sscanf(lines[1], "%d", &size)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, files(directory))

	whole, err := tlog.TreeHash(size, hashes)
	check(err)
	if whole != root {
		check(fmt.Errorf("the tiles give another root"))
	}
	var done int64
	for n := int64(0); n*256 < size; n++ {
		done += entries(directory, n, size, hashes)
	}
	proofs := 0
	for _, at := range []int64{0, size / 3, size - 1} {
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, at)})
		check(err)
		path, err := tlog.ProveRecord(size, at, hashes)
		check(err)
		check(tlog.CheckRecord(path, size, root, at, leaf[0]))
		old, err := tlog.TreeHash(at+1, hashes)
		check(err)
		grown, err := tlog.ProveTree(size, at+1, hashes)
		check(err)
		check(tlog.CheckTree(grown, size, root, at+1, old))
		proofs += 2
	}
	fmt.Printf("%s: %d entries, %d proofs\n", lines[0], done, proofs)
}

// entries checks one bundle and says how many it holds.
func entries(directory string, n, size int64, hashes tlog.HashReader) int64 {
	tile := tlog.Tile{H: height, L: 0, N: n, W: 256}
	if size-n*256 < 256 {
		tile.W = int(size - n*256)
	}
	name := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(directory, name))
	check(err)
	var indexes []int64
	for i := 0; i < tile.W; i++ {
		indexes = append(indexes, tlog.StoredHashIndex(0, n*256+int64(i)))
	}
	leaves, err := hashes.ReadHashes(indexes)
	check(err)
	for i, leaf := range leaves {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			check(fmt.Errorf("%s ends early", name))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		if tlog.RecordHash(data[2:end]) != leaf {
			check(fmt.Errorf("%s: entry %d is another one", name, i))
		}
		data = data[end:]
	}
	if len(data) != 0 {
		check(fmt.Errorf("%s goes on", name))
	}
	return int64(tile.W)
}
