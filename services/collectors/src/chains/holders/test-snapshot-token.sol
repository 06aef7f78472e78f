// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// A token with the snapshots of OpenZeppelin's ERC20Snapshot, and a way to move units without a word of it, which EIP-20 forbids.
contract SnapshotToken {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Snapshot(uint256 id);

    struct Noted {
        uint256[] ids;
        uint256[] values;
    }

    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    uint256 private taken;
    mapping(address => Noted) private notedBalances;
    Noted private notedSupply;

    function mint(address to, uint256 value) external {
        move(address(0), to, value);
        emit Transfer(address(0), to, value);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        move(msg.sender, to, value);
        emit Transfer(msg.sender, to, value);
        return true;
    }

    /// What no log tells.
    function seize(address from, address to, uint256 value) external {
        move(from, to, value);
    }

    function snapshot() external {
        taken++;
        emit Snapshot(taken);
    }

    /// A transfer, a snapshot and another transfer in one transaction.
    function transferAround(address to, uint256 beforeIt, uint256 afterIt) external {
        move(msg.sender, to, beforeIt);
        emit Transfer(msg.sender, to, beforeIt);
        taken++;
        emit Snapshot(taken);
        move(msg.sender, to, afterIt);
        emit Transfer(msg.sender, to, afterIt);
    }

    function balanceOfAt(address account, uint256 id) external view returns (uint256) {
        return valueAt(notedBalances[account], id, balanceOf[account]);
    }

    function totalSupplyAt(uint256 id) external view returns (uint256) {
        return valueAt(notedSupply, id, totalSupply);
    }

    function move(address from, address to, uint256 value) private {
        if (from == address(0)) {
            note(notedSupply, totalSupply);
            totalSupply += value;
        } else {
            note(notedBalances[from], balanceOf[from]);
            balanceOf[from] -= value;
        }
        note(notedBalances[to], balanceOf[to]);
        balanceOf[to] += value;
    }

    function note(Noted storage noted, uint256 value) private {
        uint256 length = noted.ids.length;
        if (length > 0 && noted.ids[length - 1] == taken) return;
        noted.ids.push(taken);
        noted.values.push(value);
    }

    /// The value that was noted when it first changed after the snapshot; the present one where it did not.
    function valueAt(Noted storage noted, uint256 id, uint256 present) private view returns (uint256) {
        require(id > 0 && id <= taken, "no such snapshot");
        for (uint256 i = 0; i < noted.ids.length; i++) if (noted.ids[i] >= id) return noted.values[i];
        return present;
    }
}
