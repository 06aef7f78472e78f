// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Token, Tokens} from "../token.sol";

/// A contract that somebody owns, as OpenZeppelin's Ownable.
abstract contract Owned {
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    address public owner;

    constructor() {
        owner = msg.sender;
        emit OwnershipTransferred(address(0), msg.sender);
    }

    modifier onlyOwner() {
        require(msg.sender == owner, "not the owner");
        _;
    }

    function transferOwnership(address next) external onlyOwner {
        require(next != address(0), "the zero address owns nothing");
        emit OwnershipTransferred(owner, next);
        owner = next;
    }

    function renounceOwnership() external onlyOwner {
        emit OwnershipTransferred(owner, address(0));
        owner = address(0);
    }
}

/// The redeemable token: the owner may mint up to a cap, anybody may burn, and snapshots of holders are as OpenZeppelin's ERC20Snapshot has them.
contract ReserveToken is Tokens, Owned {
    event Snapshot(uint256 id);

    struct History {
        uint256[] ids;
        uint256[] values;
    }

    uint256 public immutable cap;
    uint256 public getCurrentSnapshotId;
    mapping(address => History) private balances;
    History private supplies;

    constructor(string memory name_, string memory symbol_, uint256 cap_, address[] memory holders, uint256[] memory amounts) Tokens(name_, symbol_) {
        require(holders.length == amounts.length, "holders and amounts differ in length");
        cap = cap_;
        for (uint256 i = 0; i < holders.length; i++) move(address(0), holders[i], amounts[i]);
        require(totalSupply <= cap_, "more than the cap");
    }

    function mint(address to, uint256 amount) external onlyOwner {
        require(to != address(0) && totalSupply + amount <= cap, "more than the cap");
        move(address(0), to, amount);
    }

    function burn(uint256 amount) external {
        move(msg.sender, address(0), amount);
    }

    function burnFrom(address from, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        move(from, address(0), amount);
    }

    function snapshot() external onlyOwner returns (uint256) {
        getCurrentSnapshotId++;
        emit Snapshot(getCurrentSnapshotId);
        return getCurrentSnapshotId;
    }

    function balanceOfAt(address account, uint256 snapshotId) external view returns (uint256) {
        return valueAt(balances[account], snapshotId, balanceOf[account]);
    }

    function totalSupplyAt(uint256 snapshotId) external view returns (uint256) {
        return valueAt(supplies, snapshotId, totalSupply);
    }

    /// What will change is noted as it is, once for each snapshot since it last changed.
    function before(address from, address to) internal override {
        if (from == address(0) || to == address(0)) note(supplies, totalSupply);
        if (from != address(0)) note(balances[from], balanceOf[from]);
        if (to != address(0)) note(balances[to], balanceOf[to]);
    }

    function note(History storage history, uint256 value) private {
        uint256 length = history.ids.length;
        if ((length == 0 ? 0 : history.ids[length - 1]) >= getCurrentSnapshotId) return;
        history.ids.push(getCurrentSnapshotId);
        history.values.push(value);
    }

    function valueAt(History storage history, uint256 snapshotId, uint256 current) private view returns (uint256) {
        require(snapshotId > 0, "snapshots begin with 1");
        require(snapshotId <= getCurrentSnapshotId, "no such snapshot yet");
        uint256 low = 0;
        uint256 high = history.ids.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (history.ids[middle] >= snapshotId) high = middle;
            else low = middle + 1;
        }
        return low == history.ids.length ? current : history.values[low];
    }
}

/// Pays whoever burns their share of what it holds (a plain token, as BTCB is): R/S stays as it is, but for what rounding leaves here.
contract Vault {
    event burnMade(address indexed holder, uint256 burned, uint256 paid);

    ReserveToken public immutable token;
    Token public immutable backing;

    constructor(ReserveToken token_, Token backing_) {
        token = token_;
        backing = backing_;
    }

    function backingWithdraw(uint256 amount) external {
        uint256 paid = (backing.balanceOf(address(this)) * amount) / token.totalSupply();
        token.burnFrom(msg.sender, amount);
        require(backing.transfer(msg.sender, paid), "not paid");
        emit burnMade(msg.sender, amount, paid);
    }
}

/// Holds the liquidity of a market until a moment that can only be put off.
contract LiquidityLock is Owned {
    event LockExtended(uint256 until);
    event LockReleased(address to, uint256 amount);

    Tokens public immutable liquidity;
    uint256 public lockedUntil;

    constructor(Tokens liquidity_, uint256 until) {
        liquidity = liquidity_;
        lockedUntil = until;
        emit LockExtended(until);
    }

    function extend(uint256 until) external onlyOwner {
        require(until > lockedUntil, "a lock can only be put off");
        lockedUntil = until;
        emit LockExtended(until);
    }

    function release(address to) external onlyOwner {
        require(block.timestamp >= lockedUntil, "still locked");
        uint256 amount = liquidity.balanceOf(address(this));
        lockedUntil = 0;
        require(liquidity.transfer(to, amount), "not released");
        emit LockReleased(to, amount);
    }
}
