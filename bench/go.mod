module braid/bench

go 1.19
